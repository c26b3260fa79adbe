//+------------------------------------------------------------------+
//| SubscriptionCommands.mqh                                         |
//| what a session wants to be told by itself                        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_SUBSCRIPTIONCOMMANDS_MQH
#define PITWIRE_COMMAND_SUBSCRIPTIONCOMMANDS_MQH

#include <Pitwire/Command/Fields.mqh>
#include <Pitwire/Event/Feeds.mqh>
#include <Pitwire/Record/KnownSymbol.mqh>
#include <Pitwire/Record/Stamp.mqh>
#include <Pitwire/Record/Timeframe.mqh>

//+------------------------------------------------------------------+
//| Every method writes a reply into the body, or fills the refusal  |
//| and gives false                                                  |
//+------------------------------------------------------------------+
class CSubscriptionCommands
  {
private:
   CFeeds           *m_feeds;

   bool              ReadTopic(CFields &fields,SPwTopic &topic,SPwRefusal &refusal) const;
   void              Write(CPackWriter &body,const bool subscribed,const ulong next) const;

public:
   void              Bind(CFeeds &feeds);
   bool              Subscribe(const ulong session,CFields &fields,CPackWriter &body,SPwRefusal &refusal);
   bool              Unsubscribe(const ulong session,CFields &fields,CPackWriter &body,SPwRefusal &refusal);
  };
//+------------------------------------------------------------------+
//| Meet the feeds                                                   |
//+------------------------------------------------------------------+
void CSubscriptionCommands::Bind(CFeeds &feeds)
  {
   m_feeds=GetPointer(feeds);
  }
//+------------------------------------------------------------------+
//| Read what is subscribed to                                       |
//+------------------------------------------------------------------+
bool CSubscriptionCommands::ReadTopic(CFields &fields,SPwTopic &topic,SPwRefusal &refusal) const
  {
   topic.channel=(int)fields.Integer(PW_FIELD_CHANNEL,PW_CHANNEL_TICKS,PW_CHANNEL_TRADES);
   bool of_symbol=(topic.channel<=PW_CHANNEL_BOOK);
   bool of_bars=(topic.channel==PW_CHANNEL_BARS);
   if(fields.Has(PW_FIELD_SYMBOL)!=of_symbol)
      fields.Fail("","TICKS, BARS and BOOK need `symbol`, ACCOUNT and TRADES have none.");
   if(fields.Has(PW_FIELD_TIMEFRAME)!=of_bars)
      fields.Fail("","`timeframe` belongs to BARS, and they need it.");
   topic.symbol=(of_symbol ? fields.Symbol() : "");
   topic.timeframe=(of_bars ? (int)fields.Integer(PW_FIELD_TIMEFRAME,INT_MIN,INT_MAX) : 0);
   if(!fields.Accepted(refusal))
      return(false);
   if(of_symbol && !PwKnownSymbol(topic.symbol,refusal))
      return(false);
   return(!of_bars || PwKnownTimeframe(topic.timeframe,refusal));
  }
//+------------------------------------------------------------------+
//| Write the subscription as it stands                              |
//+------------------------------------------------------------------+
void CSubscriptionCommands::Write(CPackWriter &body,const bool subscribed,const ulong next) const
  {
   PwOpenReply(body,2);
   body.KeyBool(PW_FIELD_SUBSCRIBED,subscribed);
   body.KeyUnsigned(PW_FIELD_NEXT,next);
  }
//+------------------------------------------------------------------+
//| Answer SUBSCRIBE                                                 |
//+------------------------------------------------------------------+
bool CSubscriptionCommands::Subscribe(const ulong session,CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   bool fill=fields.Has(PW_FIELD_FROM_MSC);
   long from_msc=(fill ? fields.TimeMsc(PW_FIELD_FROM_MSC) : 0);
   SPwTopic topic;
   if(!ReadTopic(fields,topic,refusal))
      return(false);
   ulong next=0;
   if(!m_feeds.Subscribe(session,topic,fill,from_msc,next,refusal))
      return(false);
   Write(body,true,next);
   return(true);
  }
//+------------------------------------------------------------------+
//| Answer UNSUBSCRIBE                                               |
//+------------------------------------------------------------------+
bool CSubscriptionCommands::Unsubscribe(const ulong session,CFields &fields,CPackWriter &body,SPwRefusal &refusal)
  {
   SPwTopic topic;
   if(!ReadTopic(fields,topic,refusal) || !m_feeds.Unsubscribe(session,topic,refusal))
      return(false);
   Write(body,false,0);
   return(true);
  }

#endif
