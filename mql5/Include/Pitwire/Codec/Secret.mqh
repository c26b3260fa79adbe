//+------------------------------------------------------------------+
//| Secret.mqh                                                       |
//| a link secret, and the keys that follow from it                  |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CODEC_SECRET_MQH
#define PITWIRE_CODEC_SECRET_MQH

#include <Pitwire/Codec/WireConstants.mqh>
#include <Pitwire/Codec/Hkdf.mqh>

//--- the four keys of a session, by channel
struct SPwSessionKeys
  {
   SPwMacKey         taken[2];    // of frames from the bridge
   SPwMacKey         sent[2];     // of frames to the bridge
  };
//+------------------------------------------------------------------+
//| A link secret, its id, and the key of the HELLOs under it        |
//+------------------------------------------------------------------+
class CSecret
  {
private:
   uchar             m_value[];
   uchar             m_id[PW_KEY_ID_SIZE];
   SPwMacKey         m_hello_key;
   bool              m_held;

public:
                     CSecret(void);
   bool              Held(void) const;
   void              Forget(void);
   bool              Take(CSigner &signer,const uchar &value[],const string terminal);
   bool              IsOwn(const uchar &id[]) const;
   bool              Signed(CSigner &signer,const uchar &hello[],const int size) const;
   bool              WelcomeKey(CSigner &signer,const uchar &hello[],SPwMacKey &key) const;
   bool              SessionKeys(CSigner &signer,const uchar &nonces[],const uchar &transcript[],SPwSessionKeys &keys) const;
  };
//+------------------------------------------------------------------+
//| Begin without a secret                                           |
//+------------------------------------------------------------------+
CSecret::CSecret(void)
  {
   m_held=false;
  }
//+------------------------------------------------------------------+
//| Tell whether there is a secret                                   |
//+------------------------------------------------------------------+
bool CSecret::Held(void) const
  {
   return(m_held);
  }
//+------------------------------------------------------------------+
//| Forget the secret                                                |
//+------------------------------------------------------------------+
void CSecret::Forget(void)
  {
   if(ArraySize(m_value)>0)
      ArrayInitialize(m_value,0);
   ArrayInitialize(m_hello_key.inner,0);
   ArrayInitialize(m_hello_key.outer,0);
   m_held=false;
  }
//+------------------------------------------------------------------+
//| Take a secret of 32 bytes for a terminal's name                  |
//+------------------------------------------------------------------+
bool CSecret::Take(CSigner &signer,const uchar &value[],const string terminal)
  {
   Forget();
   if(ArraySize(value)!=PW_SECRET_SIZE)
      return(false);
   ArrayResize(m_value,PW_SECRET_SIZE);
   ArrayCopy(m_value,value,0,0,PW_SECRET_SIZE);
   uchar labelled[];
   uchar digest[];
   int length=PwTextBytes(PW_LABEL_KEY_ID,labelled);
   ArrayResize(labelled,length+PW_SECRET_SIZE);
   ArrayCopy(labelled,value,length,0,PW_SECRET_SIZE);
   bool hashed=signer.Hash(labelled,digest);
   ArrayInitialize(labelled,0);
   if(!hashed)
      return(false);
   ArrayCopy(m_id,digest,0,0,PW_KEY_ID_SIZE);
   uchar salt[];
   uchar name[];
   PwTextBytes(terminal,name);
   m_held=PwDeriveMacKey(signer,m_value,salt,PW_LABEL_HELLO,name,m_hello_key);
   return(m_held);
  }
//+------------------------------------------------------------------+
//| Tell whether a key id is this secret's                           |
//+------------------------------------------------------------------+
bool CSecret::IsOwn(const uchar &id[]) const
  {
   return(ArraySize(id)==PW_KEY_ID_SIZE && PwSameBytes(id,0,m_id,0,PW_KEY_ID_SIZE));
  }
//+------------------------------------------------------------------+
//| Tell whether a HELLO was signed with this secret                 |
//+------------------------------------------------------------------+
bool CSecret::Signed(CSigner &signer,const uchar &hello[],const int size) const
  {
   return(m_held && signer.CheckFrame(m_hello_key,hello,size));
  }
//+------------------------------------------------------------------+
//| The key of the WELCOME that answers a HELLO                      |
//+------------------------------------------------------------------+
bool CSecret::WelcomeKey(CSigner &signer,const uchar &hello[],SPwMacKey &key) const
  {
   uchar salt[];
   uchar nothing[];
   if(!signer.Hash(hello,salt))
      return(false);
   return(PwDeriveMacKey(signer,m_value,salt,PW_LABEL_WELCOME,nothing,key));
  }
//+------------------------------------------------------------------+
//| The four keys of a session                                       |
//+------------------------------------------------------------------+
bool CSecret::SessionKeys(CSigner &signer,const uchar &nonces[],const uchar &transcript[],SPwSessionKeys &keys) const
  {
   if(!PwDeriveMacKey(signer,m_value,nonces,PW_LABEL_TO_TERMINAL_COMMANDS,transcript,keys.taken[PW_WIRE_CHANNEL_COMMANDS]))
      return(false);
   if(!PwDeriveMacKey(signer,m_value,nonces,PW_LABEL_TO_TERMINAL_STREAM,transcript,keys.taken[PW_WIRE_CHANNEL_STREAM]))
      return(false);
   if(!PwDeriveMacKey(signer,m_value,nonces,PW_LABEL_FROM_TERMINAL_COMMANDS,transcript,keys.sent[PW_WIRE_CHANNEL_COMMANDS]))
      return(false);
   return(PwDeriveMacKey(signer,m_value,nonces,PW_LABEL_FROM_TERMINAL_STREAM,transcript,keys.sent[PW_WIRE_CHANNEL_STREAM]));
  }

#endif
