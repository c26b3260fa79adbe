//+------------------------------------------------------------------+
//| SymbolCommands.mqh                                               |
//| symbols, Market Watch, last prices                               |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_SYMBOLCOMMANDS_MQH
#define PITWIRE_COMMAND_SYMBOLCOMMANDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Record/Groups.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>
#include <Pitwire/Record/Stamp.mqh>
#include <Pitwire/Record/SymbolRecord.mqh>
#include <Pitwire/Record/TickRecord.mqh>

#define PW_GROUP_LENGTH 512

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CSymbolCommands
  {
private:
   string            m_page[];     // names on the page that is asked for
   int               m_on_page;

   long              Choose(const string masks,const bool selected,const ulong start,const int count);

public:
   bool              List(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Info(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Select(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Tick(CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Find the names on a page; give the number that match in all      |
//+------------------------------------------------------------------+
long CSymbolCommands::Choose(const string masks,const bool selected,const ulong start,const int count)
  {
   ArrayResize(m_page,count);
   m_on_page=0;
   long found=0;
   int total=SymbolsTotal(selected);
   for(int i=0; i<total; i++)
     {
      string name=SymbolName(i,selected);
      if(StringLen(name)==0 || !PwInGroup(name,masks))
         continue;
      if((ulong)found>=start && m_on_page<count)
        {
         m_page[m_on_page]=name;
         m_on_page++;
        }
      found++;
     }
   return(found);
  }
//+------------------------------------------------------------------+
//| Answer SYMBOLS_GET                                               |
//+------------------------------------------------------------------+
bool CSymbolCommands::List(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   string masks=fields.TextOr(PW_FIELD_GROUP,0,PW_GROUP_LENGTH,"*");
   bool selected=fields.FlagOr(PW_FIELD_SELECTED,false);
   ulong start=fields.UnsignedOr(PW_FIELD_START,0,0);
   int count=(int)fields.IntegerOr(PW_FIELD_COUNT,1,PW_MAX_SYMBOLS,PW_MAX_SYMBOLS);
   if(!fields.Accepted(refusal))
      return(false);
   long total=Choose(masks,selected,start,count);
   PwOpenReply(body,2);
   body.Key(PW_FIELD_SYMBOLS);
   body.Map(2);
   body.Key(PW_FIELD_FIELDS);
   PwWriteSymbolFields(body);
   body.Key(PW_FIELD_ROWS);
   body.Array(m_on_page);
   for(int i=0; i<m_on_page; i++)
      PwWriteSymbolRow(body,m_page[i]);
   body.KeyInt(PW_FIELD_TOTAL,total);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer SYMBOL_INFO                                               |
//+------------------------------------------------------------------+
bool CSymbolCommands::Info(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   string symbol=fields.Symbol();
   if(!fields.Accepted(refusal) || !PwKnownSymbol(symbol,refusal))
      return(false);
   PwOpenReply(body,1);
   body.Key(PW_FIELD_SYMBOL);
   PwWriteSymbol(body,symbol);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer SYMBOL_SELECT. A symbol with a chart or a position stays: |
//| the reply tells what is, not what was asked for                  |
//+------------------------------------------------------------------+
bool CSymbolCommands::Select(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   string symbol=fields.Symbol();
   bool enable=fields.FlagOr(PW_FIELD_ENABLE,true);
   if(!fields.Accepted(refusal) || !PwKnownSymbol(symbol,refusal))
      return(false);
   if((SymbolInfoInteger(symbol,SYMBOL_SELECT)!=0)!=enable)
      SymbolSelect(symbol,enable);
   PwOpenReply(body,1);
   body.KeyBool(PW_FIELD_SELECTED,SymbolInfoInteger(symbol,SYMBOL_SELECT)!=0);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer SYMBOL_INFO_TICK                                          |
//+------------------------------------------------------------------+
bool CSymbolCommands::Tick(CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   string symbol=fields.Symbol();
   if(!fields.Accepted(refusal) || !PwWatchedSymbol(symbol,refusal))
      return(false);
   MqlTick tick;
   if(!SymbolInfoTick(symbol,tick) || tick.time_msc<=0)
     {
      PwRefuse(refusal,PW_REFUSAL_NO_PRICES,"There is no price of "+symbol+" yet.");
      return(false);
     }
   PwOpenReply(body,3);
   body.Key(PW_FIELD_TICK);
   PwWriteTick(body,tick);
   body.KeyInt(PW_FIELD_DIGITS,PwDigits(symbol));
   body.KeyInt(PW_FIELD_VOLUME_DIGITS,PwVolumeDigits(symbol));
   return(true);
  }

#endif
