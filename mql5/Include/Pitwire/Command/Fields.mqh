//+------------------------------------------------------------------+
//| Fields.mqh                                                       |
//| reads and checks the fields of a request                         |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_FIELDS_MQH
#define PITWIRE_COMMAND_FIELDS_MQH

#include <Pitwire/Command/Printable.mqh>
#include <Pitwire/Command/RequestBody.mqh>
#include <Pitwire/Record/Limits.mqh>

#define PW_ID_LENGTH 64

//+------------------------------------------------------------------+
//| The methods with `Or` give the fallback for an absent field and  |
//| fail for null. Where the wire calls a field optional, null is    |
//| the same as absent: ask Has() first. A price or volume that may  |
//| be absent is always optional, so PositiveOr takes null itself.   |
//+------------------------------------------------------------------+
class CFields : public CRequestBody
  {
public:
   long              Integer(const string name,const long low,const long high);
   long              IntegerOr(const string name,const long low,const long high,const long fallback);
   ulong             Unsigned(const string name,const ulong low);
   ulong             UnsignedOr(const string name,const ulong low,const ulong fallback);
   double            Positive(const string name);
   double            PositiveOr(const string name,const double fallback);
   string            Text(const string name,const int low,const int high);
   string            TextOr(const string name,const int low,const int high,const string fallback);
   string            Id(const string name);
   bool              FlagOr(const string name,const bool fallback);
   string            Symbol(void);
   long              TimeMsc(const string name);
   long              TimeS(const string name);
  };
//+------------------------------------------------------------------+
//| An integer                                                       |
//+------------------------------------------------------------------+
long CFields::Integer(const string name,const long low,const long high)
  {
   int place=Place(name);
   if(place>=0 && m_reader.Kind(place)==PW_PACK_INTEGER)
     {
      long value=m_reader.AsLong(place);
      if(value>=low && value<=high)
         return(value);
     }
   Fail(name,"`"+name+"` must be an integer from "+IntegerToString(low)+" to "+IntegerToString(high)+".");
   return(low);
  }
//+------------------------------------------------------------------+
//| An integer that may be absent                                    |
//+------------------------------------------------------------------+
long CFields::IntegerOr(const string name,const long low,const long high,const long fallback)
  {
   return(IsGiven(name) ? Integer(name,low,high) : fallback);
  }
//+------------------------------------------------------------------+
//| A ticket or count of 64 bits                                     |
//+------------------------------------------------------------------+
ulong CFields::Unsigned(const string name,const ulong low)
  {
   int place=Place(name);
   if(place>=0)
     {
      ENUM_PW_PACK kind=m_reader.Kind(place);
      bool fits=(kind==PW_PACK_UNSIGNED || (kind==PW_PACK_INTEGER && m_reader.AsLong(place)>=0));
      ulong value=fits ? m_reader.AsUnsigned(place) : (ulong)0;
      if(fits && value>=low)
         return(value);
     }
   Fail(name,"`"+name+"` must be an integer, at least "+IntegerToString((long)low)+" and at most 2^64-1.");
   return(low);
  }
//+------------------------------------------------------------------+
//| A ticket or count that may be absent                             |
//+------------------------------------------------------------------+
ulong CFields::UnsignedOr(const string name,const ulong low,const ulong fallback)
  {
   return(IsGiven(name) ? Unsigned(name,low) : fallback);
  }
//+------------------------------------------------------------------+
//| A finite number above zero                                       |
//+------------------------------------------------------------------+
double CFields::Positive(const string name)
  {
   int place=Place(name);
   if(place>=0)
     {
      ENUM_PW_PACK kind=m_reader.Kind(place);
      if(kind==PW_PACK_REAL || kind==PW_PACK_INTEGER || kind==PW_PACK_UNSIGNED)
        {
         double value=m_reader.AsReal(place);
         if(MathIsValidNumber(value) && value>0.0)
            return(value);
        }
     }
   Fail(name,"`"+name+"` must be a finite number above 0.");
   return(1.0);
  }
//+------------------------------------------------------------------+
//| A price or volume that may be absent or null                     |
//+------------------------------------------------------------------+
double CFields::PositiveOr(const string name,const double fallback)
  {
   return(Has(name) ? Positive(name) : fallback);
  }
//+------------------------------------------------------------------+
//| A text without control characters                                |
//+------------------------------------------------------------------+
string CFields::Text(const string name,const int low,const int high)
  {
   int place=Place(name);
   if(place>=0 && m_reader.Kind(place)==PW_PACK_TEXT)
     {
      string value=m_reader.AsText(place);
      int count=PwPrintable(value);
      if(count>=low && count<=high)
         return(value);
     }
   Fail(name,"`"+name+"` must be a text of "+IntegerToString(low)+" to "+IntegerToString(high)+" characters, no control characters among them.");
   return("");
  }
//+------------------------------------------------------------------+
//| A text that may be absent                                        |
//+------------------------------------------------------------------+
string CFields::TextOr(const string name,const int low,const int high,const string fallback)
  {
   return(IsGiven(name) ? Text(name,low,high) : fallback);
  }
//+------------------------------------------------------------------+
//| The id of a trading command                                      |
//+------------------------------------------------------------------+
string CFields::Id(const string name)
  {
   string value=Text(name,1,PW_ID_LENGTH);
   for(int i=0; i<StringLen(value); i++)
     {
      int letter=(int)StringGetCharacter(value,i);
      bool word=(letter>='a' && letter<='z') || (letter>='A' && letter<='Z') || letter=='_';
      if(!word && letter!='-' && (letter<'0' || letter>'9'))
         Fail(name,"`"+name+"` must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -.");
     }
   return(value);
  }
//+------------------------------------------------------------------+
//| True or false, possibly absent                                   |
//+------------------------------------------------------------------+
bool CFields::FlagOr(const string name,const bool fallback)
  {
   int place=Place(name);
   if(place<0)
      return(fallback);
   if(m_reader.Kind(place)!=PW_PACK_BOOL)
      Fail(name,"`"+name+"` must be true or false.");
   return(m_reader.AsBool(place));
  }
//+------------------------------------------------------------------+
//| The required name of a symbol                                    |
//+------------------------------------------------------------------+
string CFields::Symbol(void)
  {
   return(Text(PW_FIELD_SYMBOL,1,PW_SYMBOL_LENGTH));
  }
//+------------------------------------------------------------------+
//| A required time in milliseconds                                  |
//+------------------------------------------------------------------+
long CFields::TimeMsc(const string name)
  {
   return(Integer(name,0,PW_LATEST_MSC));
  }
//+------------------------------------------------------------------+
//| A required time in seconds                                       |
//+------------------------------------------------------------------+
long CFields::TimeS(const string name)
  {
   return(Integer(name,0,PW_LATEST_S));
  }

#endif
