//+------------------------------------------------------------------+
//| Endpoint.mqh                                                     |
//| addresses such as tcp://127.0.0.1:5555                           |
//+------------------------------------------------------------------+
#ifndef PITWIRE_CHANNEL_ENDPOINT_MQH
#define PITWIRE_CHANNEL_ENDPOINT_MQH

#define PW_TCP          "tcp://"
#define PW_HIGHEST_PORT 65535

//+------------------------------------------------------------------+
//| Where the colon before the port stands; -1: nowhere              |
//+------------------------------------------------------------------+
int PwPortAt(const string endpoint)
  {
   for(int i=StringLen(endpoint)-1; i>=0; i--)
     {
      if(StringGetCharacter(endpoint,i)==':')
         return(i);
     }
   return(-1);
  }
//+------------------------------------------------------------------+
//| The host of an endpoint                                          |
//+------------------------------------------------------------------+
string PwHostOf(const string endpoint)
  {
   int from=StringLen(PW_TCP);
   return(StringSubstr(endpoint,from,PwPortAt(endpoint)-from));
  }
//+------------------------------------------------------------------+
//| Tell whether every character of a text is one of those allowed   |
//+------------------------------------------------------------------+
bool PwConsistsOf(const string text,const string allowed)
  {
   for(int i=0; i<StringLen(text); i++)
     {
      if(StringFind(allowed,StringSubstr(text,i,1))<0)
         return(false);
     }
   return(StringLen(text)>0);
  }
//+------------------------------------------------------------------+
//| Tell whether a text is an endpoint: a name, an address or *, and |
//| a port up to 65535, 0 for a free one                             |
//+------------------------------------------------------------------+
bool PwIsEndpoint(const string endpoint)
  {
   int port_at=PwPortAt(endpoint);
   if(StringFind(endpoint,PW_TCP)!=0 || port_at<=StringLen(PW_TCP))
      return(false);
   string port=StringSubstr(endpoint,port_at+1);
   if(!PwConsistsOf(port,"0123456789") || StringLen(port)>5 || StringToInteger(port)>PW_HIGHEST_PORT)
      return(false);
   string host=PwHostOf(endpoint);
   int last=StringLen(host)-1;
   if(StringGetCharacter(host,0)=='[' && StringGetCharacter(host,last)==']')
      return(PwConsistsOf(StringSubstr(host,1,last-1),"0123456789abcdefABCDEF:."));
   return(PwConsistsOf(host,"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.*_-"));
  }
//+------------------------------------------------------------------+
//| Tell whether an endpoint asks for a free port                    |
//+------------------------------------------------------------------+
bool PwAsksForPort(const string endpoint)
  {
   return(StringToInteger(StringSubstr(endpoint,PwPortAt(endpoint)+1))==0);
  }
//+------------------------------------------------------------------+
//| Tell whether a host cannot be reached from another machine       |
//+------------------------------------------------------------------+
bool PwIsLoopback(const string host)
  {
   if(host=="localhost" || host=="[::1]")
      return(true);
   string parts[];
   if(StringSplit(host,'.',parts)!=4 || parts[0]!="127")
      return(false);
   for(int i=1; i<4; i++)
     {
      if(!PwConsistsOf(parts[i],"0123456789") || StringLen(parts[i])>3 || StringToInteger(parts[i])>255)
         return(false);
     }
   return(true);
  }

#endif
