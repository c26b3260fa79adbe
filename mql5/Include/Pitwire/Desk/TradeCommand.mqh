//+------------------------------------------------------------------+
//| TradeCommand.mqh                                                 |
//| a trading command whose fields are checked                       |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_TRADECOMMAND_MQH
#define PITWIRE_DESK_TRADECOMMAND_MQH

#include <Pitwire/Codec/Bytes.mqh>

//--- has_...: the field is there and not null; clears_...: it is there and null
struct SPwTradeCommand
  {
   int               kind;          // PW_COMMAND_...
   string            request_id;
   long              deadline_msc;  // UTC
   ulong             login;
   string            content;       // digest of all that a repeat must have in common
   string            symbol;
   int               type;
   double            volume;
   bool              has_volume;
   double            price;
   bool              has_price;
   double            stoplimit;
   bool              has_stoplimit;
   double            sl;
   bool              has_sl;
   bool              clears_sl;
   double            tp;
   bool              has_tp;
   bool              clears_tp;
   ulong             deviation;
   int               type_filling;
   bool              has_filling;
   int               type_time;
   bool              has_type_time;
   long              expiration;    // broker's wall clock, seconds
   bool              has_expiration;
   ulong             magic;
   string            comment;
   ulong             order;
   ulong             position;
   ulong             position_by;
  };
//+------------------------------------------------------------------+
//| Empty a command: every field absent                              |
//+------------------------------------------------------------------+
void PwClearCommand(SPwTradeCommand &command,const int kind)
  {
   command.kind=kind;
   command.request_id="";
   command.deadline_msc=0;
   command.login=0;
   command.content="";
   command.symbol="";
   command.type=0;
   command.volume=0.0;
   command.has_volume=false;
   command.price=0.0;
   command.has_price=false;
   command.stoplimit=0.0;
   command.has_stoplimit=false;
   command.sl=0.0;
   command.has_sl=false;
   command.clears_sl=false;
   command.tp=0.0;
   command.has_tp=false;
   command.clears_tp=false;
   command.deviation=0;
   command.type_filling=0;
   command.has_filling=false;
   command.type_time=0;
   command.has_type_time=false;
   command.expiration=0;
   command.has_expiration=false;
   command.magic=0;
   command.comment="";
   command.order=0;
   command.position=0;
   command.position_by=0;
  }
//+------------------------------------------------------------------+
//| One optional number of the digest's text: absent is not zero     |
//+------------------------------------------------------------------+
string PwDigestReal(const bool present,const double value)
  {
   if(!present)
      return("-");
   return(StringFormat("%.17g",value));
  }
//+------------------------------------------------------------------+
//| One optional integer of the digest's text                        |
//+------------------------------------------------------------------+
string PwDigestWhole(const bool present,const long value)
  {
   if(!present)
      return("-");
   return(IntegerToString(value));
  }
//+------------------------------------------------------------------+
//| One text of the digest's text: its length keeps it apart         |
//+------------------------------------------------------------------+
string PwDigestText(const string value)
  {
   return(IntegerToString(StringLen(value))+":"+value);
  }
//+------------------------------------------------------------------+
//| Condense what was asked: all fields but the id and the deadline  |
//+------------------------------------------------------------------+
string PwContentOf(const SPwTradeCommand &command)
  {
   string text=IntegerToString(command.kind)+" "+IntegerToString((long)command.login);
   text+=" "+PwDigestText(command.symbol)+" "+IntegerToString(command.type);
   text+=" "+PwDigestReal(command.has_volume,command.volume);
   text+=" "+PwDigestReal(command.has_price,command.price);
   text+=" "+PwDigestReal(command.has_stoplimit,command.stoplimit);
   text+=" "+PwDigestReal(command.has_sl || command.clears_sl,command.sl);
   text+=" "+PwDigestReal(command.has_tp || command.clears_tp,command.tp);
   text+=" "+IntegerToString((long)command.deviation);
   text+=" "+PwDigestWhole(command.has_filling,command.type_filling);
   text+=" "+PwDigestWhole(command.has_type_time,command.type_time);
   text+=" "+PwDigestWhole(command.has_expiration,command.expiration);
   text+=" "+IntegerToString((long)command.magic)+" "+PwDigestText(command.comment);
   text+=" "+IntegerToString((long)command.order);
   text+=" "+IntegerToString((long)command.position);
   text+=" "+IntegerToString((long)command.position_by);
   uchar data[];
   uchar nothing[];
   uchar hash[];
   PwTextBytes(text,data);
   if(CryptEncode(CRYPT_HASH_SHA256,data,nothing,hash)<=0)
      return(text);
   string digest="";
   for(int i=0; i<ArraySize(hash); i++)
      digest+=StringFormat("%02x",hash[i]);
   return(digest);
  }

#endif
