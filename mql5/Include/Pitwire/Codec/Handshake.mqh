//+------------------------------------------------------------------+
//| Handshake.mqh                                                    |
//| HELLO, and the WELCOME that answers it                           |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_HANDSHAKE_MQH
#define PITWIRE_CODEC_HANDSHAKE_MQH

#include <Pitwire/Codec/Frame.mqh>
#include <Pitwire/Codec/PackReader.mqh>
#include <Pitwire/Codec/Secret.mqh>

#define PW_NAME_LENGTH 64

struct SPwHello
  {
   uchar             nonce[PW_NONCE_SIZE];
   string            bridge;
  };

struct SPwWelcome
  {
   uchar             nonce[PW_NONCE_SIZE];
   ulong             session;
   string            terminal;
   ulong             login;
   string            server;
   int               build;
   string            agent;
   ulong             boot;
   ulong             journal;
   int               max_rows;
   long              clock_us;
   int               utc_offset_s;
  };
//+------------------------------------------------------------------+
//| Tell whether a text is a name of the wire: letters, digits, dot, |
//| underscore and minus                                             |
//+------------------------------------------------------------------+
bool PwIsName(const string text)
  {
   int length=StringLen(text);
   if(length<1 || length>PW_NAME_LENGTH)
      return(false);
   for(int i=0; i<length; i++)
     {
      int character=(int)StringGetCharacter(text,i);
      bool letter=(character>='a' && character<='z') || (character>='A' && character<='Z');
      bool digit=character>='0' && character<='9';
      if(!letter && !digit && character!='.' && character!='_' && character!='-')
         return(false);
     }
   return(true);
  }
//+------------------------------------------------------------------+
//| Tell whether a list of integers names a number                   |
//+------------------------------------------------------------------+
bool PwOffers(const CPackReader &reader,const string name,const long wanted)
  {
   long offered[];
   int place=reader.Find(name);
   if(place<0 || !reader.AsLongs(place,offered))
      return(false);
   bool found=false;
   for(int i=0; i<ArraySize(offered); i++)
     {
      if(offered[i]<0)
         return(false);
      if(offered[i]==wanted)
         found=true;
     }
   return(found);
  }
//+------------------------------------------------------------------+
//| Read a name of the wire; "" = there is none                      |
//+------------------------------------------------------------------+
string PwReadName(const CPackReader &reader,const string field)
  {
   string name=reader.AsText(reader.Find(field));
   return(PwIsName(name) ? name : "");
  }
//+------------------------------------------------------------------+
//| Read a HELLO whose signature was right; false: it is not for     |
//| this terminal, or offers nothing that is spoken here             |
//+------------------------------------------------------------------+
bool PwReadHello(const CPackReader &reader,const CSecret &secret,const string terminal,SPwHello &hello)
  {
   uchar id[];
   uchar nonce[];
   if(!reader.AsBytes(reader.Find(PW_FIELD_KEY_ID),id) || !secret.IsOwn(id))
      return(false);
   if(!reader.AsBytes(reader.Find(PW_FIELD_NONCE),nonce) || ArraySize(nonce)!=PW_NONCE_SIZE)
      return(false);
   hello.bridge=PwReadName(reader,PW_FIELD_BRIDGE);
   if(StringLen(hello.bridge)==0 || PwReadName(reader,PW_FIELD_TERMINAL)!=terminal)
      return(false);
   ArrayCopy(hello.nonce,nonce,0,0,PW_NONCE_SIZE);
   return(PwOffers(reader,PW_FIELD_VERSIONS,PW_VERSION) && PwOffers(reader,PW_FIELD_SUITES,PW_SUITE_HMAC_SHA256));
  }
//+------------------------------------------------------------------+
//| Tell whether a header can be a HELLO's                           |
//+------------------------------------------------------------------+
bool PwIsHello(const SPwHeader &header)
  {
   return(header.type==PW_FRAME_HELLO && header.flags==0 && header.session==0 && header.sequence==0);
  }
//+------------------------------------------------------------------+
//| Write a WELCOME and derive the session's keys. The HELLO's array |
//| ends where the frame ends. Gives the frame's size, 0: impossible |
//+------------------------------------------------------------------+
int PwWriteWelcome(const SPwWelcome &welcome,const SPwHello &hello,const uchar &hello_frame[],const CSecret &secret,CSigner &signer,CPackWriter &body,SPwSessionKeys &keys)
  {
   body.Begin();
   body.Map(14);
   body.KeyInt(PW_FIELD_VERSION,PW_VERSION);
   body.KeyInt(PW_FIELD_SUITE,PW_SUITE_HMAC_SHA256);
   body.Key(PW_FIELD_NONCE);
   body.Binary(welcome.nonce,PW_NONCE_SIZE);
   body.KeyUnsigned(PW_FIELD_SESSION,welcome.session);
   body.KeyText(PW_FIELD_TERMINAL,welcome.terminal);
   body.KeyUnsigned(PW_FIELD_LOGIN,welcome.login);
   body.KeyText(PW_FIELD_SERVER,welcome.server);
   body.KeyInt(PW_FIELD_BUILD,welcome.build);
   body.KeyText(PW_FIELD_AGENT,welcome.agent);
   body.KeyUnsigned(PW_FIELD_BOOT,welcome.boot);
   body.KeyUnsigned(PW_FIELD_JOURNAL,welcome.journal);
   body.KeyInt(PW_FIELD_MAX_ROWS,welcome.max_rows);
   body.KeyInt(PW_FIELD_CLOCK_MSC,welcome.clock_us/1000);
   body.KeyInt(PW_FIELD_UTC_OFFSET_S,welcome.utc_offset_s);
   SPwHeader header;
   header.type=PW_FRAME_WELCOME;
   header.flags=PwFlags(PW_DIRECTION_FROM_TERMINAL,PW_WIRE_CHANNEL_COMMANDS);
   header.kind=0;
   header.session=welcome.session;
   header.sequence=0;
   header.clock_us=(ulong)welcome.clock_us;
   header.answers=0;
   SPwMacKey key;
   if(!secret.WelcomeKey(signer,hello_frame,key))
      return(0);
   int size=PwSeal(body,header,key,signer);
   if(size==0)
      return(0);
   // All of both frames is in the transcript: who alters one gets other keys.
   uchar both[];
   uchar transcript[];
   uchar nonces[2*PW_NONCE_SIZE];
   int first=ArraySize(hello_frame);
   ArrayResize(both,first+size);
   ArrayCopy(both,hello_frame,0,0,first);
   ArrayCopy(both,body.m_frame,first,0,size);
   ArrayCopy(nonces,hello.nonce,0,0,PW_NONCE_SIZE);
   ArrayCopy(nonces,welcome.nonce,PW_NONCE_SIZE,0,PW_NONCE_SIZE);
   if(!signer.Hash(both,transcript) || !secret.SessionKeys(signer,nonces,transcript,keys))
      return(0);
   return(size);
  }

#endif
