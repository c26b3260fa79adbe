//+------------------------------------------------------------------+
//| RequestBody.mqh                                                  |
//| the decoded body of a request, and what is wrong with it         |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_REQUESTBODY_MQH
#define PITWIRE_COMMAND_REQUESTBODY_MQH

#include <Pitwire/Refusal.mqh>
#include <Pitwire/Codec/PackReader.mqh>

//+------------------------------------------------------------------+
//| The first failure is kept, and what is read after it has no      |
//| meaning: read all fields, then ask once whether they are good    |
//+------------------------------------------------------------------+
class CRequestBody
  {
private:
   bool              m_good;
   string            m_field;      // the one at fault
   string            m_why;

protected:
   CPackReader       m_reader;

   int               Place(const string name) const;
   bool              IsGiven(const string name) const;

public:
                     CRequestBody(void);
   bool              Read(const uchar &body[]);
   bool              Ok(void) const;
   bool              Accepted(SPwRefusal &refusal) const;
   void              Refusal(SPwRefusal &refusal) const;
   void              Fail(const string name,const string why);
   bool              Has(const string name) const;
   bool              IsNull(const string name) const;
  };
//+------------------------------------------------------------------+
//| Begin without a request                                          |
//+------------------------------------------------------------------+
CRequestBody::CRequestBody(void)
  {
   m_good=false;
  }
//+------------------------------------------------------------------+
//| Take a request; false: it is not a map within the limits         |
//+------------------------------------------------------------------+
bool CRequestBody::Read(const uchar &body[])
  {
   m_good=true;
   m_field="";
   m_why="";
   if(!m_reader.Read(body,0,ArraySize(body)))
      Fail("","The body is not allowed: send one MessagePack map within the limits of the wire.");
   return(m_good);
  }
//+------------------------------------------------------------------+
//| Whether all that was read so far is good                         |
//+------------------------------------------------------------------+
bool CRequestBody::Ok(void) const
  {
   return(m_good);
  }
//+------------------------------------------------------------------+
//| The same, with the refusal if it is not                          |
//+------------------------------------------------------------------+
bool CRequestBody::Accepted(SPwRefusal &refusal) const
  {
   if(!m_good)
      Refusal(refusal);
   return(m_good);
  }
//+------------------------------------------------------------------+
//| The refusal of the first field that was at fault                 |
//+------------------------------------------------------------------+
void CRequestBody::Refusal(SPwRefusal &refusal) const
  {
   PwRefuse(refusal,PW_REFUSAL_INVALID_REQUEST,m_why,m_field);
  }
//+------------------------------------------------------------------+
//| Note a failure; the first one counts                             |
//+------------------------------------------------------------------+
void CRequestBody::Fail(const string name,const string why)
  {
   if(!m_good)
      return;
   m_good=false;
   m_field=name;
   m_why=why;
  }
//+------------------------------------------------------------------+
//| Where a field is, -1: absent                                     |
//+------------------------------------------------------------------+
int CRequestBody::Place(const string name) const
  {
   return(m_good ? m_reader.Find(name) : -1);
  }
//+------------------------------------------------------------------+
//| Whether a field is there, null or not                            |
//+------------------------------------------------------------------+
bool CRequestBody::IsGiven(const string name) const
  {
   return(Place(name)>=0);
  }
//+------------------------------------------------------------------+
//| Whether a field is there and not null                            |
//+------------------------------------------------------------------+
bool CRequestBody::Has(const string name) const
  {
   int place=Place(name);
   return(place>=0 && m_reader.Kind(place)!=PW_PACK_NIL);
  }
//+------------------------------------------------------------------+
//| Whether a field is there and null                                |
//+------------------------------------------------------------------+
bool CRequestBody::IsNull(const string name) const
  {
   int place=Place(name);
   return(place>=0 && m_reader.Kind(place)==PW_PACK_NIL);
  }

#endif
