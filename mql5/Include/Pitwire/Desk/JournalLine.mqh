//+------------------------------------------------------------------+
//| JournalLine.mqh                                                  |
//| one line of the journal: words parted by single spaces           |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_JOURNALLINE_MQH
#define PITWIRE_DESK_JOURNALLINE_MQH

#include <Pitwire/Codec/Bytes.mqh>

//+------------------------------------------------------------------+
//| True if a byte of a text may stand in a word as it is            |
//+------------------------------------------------------------------+
bool PwIsPlain(const int byte_value)
  {
   if(byte_value>='0' && byte_value<='9')
      return(true);
   if(byte_value>='A' && byte_value<='Z')
      return(true);
   if(byte_value>='a' && byte_value<='z')
      return(true);
   return(byte_value=='-' || byte_value=='_' || byte_value=='.' || byte_value=='#');
  }
//+------------------------------------------------------------------+
//| Write any text as one word of ASCII; the empty one is a lone %   |
//+------------------------------------------------------------------+
string PwQuote(const string text)
  {
   uchar data[];
   int size=PwTextBytes(text,data);
   if(size==0)
      return("%");
   string word="";
   for(int i=0; i<size; i++)
     {
      if(PwIsPlain(data[i]))
         word+=CharToString(data[i]);
      else
         word+=StringFormat("%%%02x",data[i]);
     }
   return(word);
  }
//+------------------------------------------------------------------+
//| Read a quoted text back; false: it is not one                    |
//+------------------------------------------------------------------+
bool PwUnquote(const string word,string &text)
  {
   text="";
   if(word=="%")
      return(true);
   int length=StringLen(word);
   uchar data[];
   ArrayResize(data,length);
   int size=0;
   for(int i=0; i<length; i++)
     {
      int letter=(int)StringGetCharacter(word,i);
      if(letter=='%')
        {
         if(i+2>=length)
            return(false);
         int high=PwHexDigit((int)StringGetCharacter(word,i+1));
         int low=PwHexDigit((int)StringGetCharacter(word,i+2));
         if(high<0 || low<0)
            return(false);
         letter=high*16+low;
         i+=2;
        }
      else
         if(!PwIsPlain(letter))
            return(false);
      data[size]=(uchar)letter;
      size++;
     }
   text=CharArrayToString(data,0,size,CP_UTF8);
   return(true);
  }
//+------------------------------------------------------------------+
//| Writes a line word by word, or reads one                         |
//+------------------------------------------------------------------+
class CJournalLine
  {
private:
   string            m_text;
   string            m_words[];
   int               m_next;
   bool              m_ok;

public:
                     CJournalLine(void);
   //--- writing
   void              Begin(const string word);
   void              Whole(const long value);
   void              Real(const double value);
   void              Quoted(const string value);
   string            Text(void) const;
   //--- reading
   void              Parse(const string text);
   string            NextWord(void);
   long              NextWhole(void);
   double            NextReal(void);
   string            NextQuoted(void);
   bool              Complete(void) const;
  };
//+------------------------------------------------------------------+
//| Begin empty                                                      |
//+------------------------------------------------------------------+
CJournalLine::CJournalLine(void)
  {
   m_text="";
   m_next=0;
   m_ok=false;
  }
//+------------------------------------------------------------------+
//| Begin a new line with the word that tells its kind               |
//+------------------------------------------------------------------+
void CJournalLine::Begin(const string word)
  {
   m_text=word;
  }
//+------------------------------------------------------------------+
//| Write an integer; tickets beyond 2^63 appear negative            |
//+------------------------------------------------------------------+
void CJournalLine::Whole(const long value)
  {
   m_text+=" "+IntegerToString(value);
  }
//+------------------------------------------------------------------+
//| Write a float with all its digits                                |
//+------------------------------------------------------------------+
void CJournalLine::Real(const double value)
  {
   m_text+=" "+StringFormat("%.17g",value);
  }
//+------------------------------------------------------------------+
//| Write a text                                                     |
//+------------------------------------------------------------------+
void CJournalLine::Quoted(const string value)
  {
   m_text+=" "+PwQuote(value);
  }
//+------------------------------------------------------------------+
//| The line that was written                                        |
//+------------------------------------------------------------------+
string CJournalLine::Text(void) const
  {
   return(m_text);
  }
//+------------------------------------------------------------------+
//| Take a line to read from                                         |
//+------------------------------------------------------------------+
void CJournalLine::Parse(const string text)
  {
   m_next=0;
   m_ok=(StringSplit(text,' ',m_words)>0);
  }
//+------------------------------------------------------------------+
//| The next word, "" behind the last one                            |
//+------------------------------------------------------------------+
string CJournalLine::NextWord(void)
  {
   if(m_next>=ArraySize(m_words))
     {
      m_ok=false;
      return("");
     }
   m_next++;
   return(m_words[m_next-1]);
  }
//+------------------------------------------------------------------+
//| The next word as an integer                                      |
//+------------------------------------------------------------------+
long CJournalLine::NextWhole(void)
  {
   string word=NextWord();
   long value=StringToInteger(word);
   if(IntegerToString(value)!=word)
      m_ok=false;
   return(value);
  }
//+------------------------------------------------------------------+
//| The next word as a float                                         |
//+------------------------------------------------------------------+
double CJournalLine::NextReal(void)
  {
   double value=StringToDouble(NextWord());
   if(!MathIsValidNumber(value))
     {
      m_ok=false;
      return(0.0);
     }
   return(value);
  }
//+------------------------------------------------------------------+
//| The next word as the text that it stands for                     |
//+------------------------------------------------------------------+
string CJournalLine::NextQuoted(void)
  {
   string text="";
   if(!PwUnquote(NextWord(),text))
      m_ok=false;
   return(text);
  }
//+------------------------------------------------------------------+
//| True if every word was there, sound, and nothing is left over    |
//+------------------------------------------------------------------+
bool CJournalLine::Complete(void) const
  {
   return(m_ok && m_next==ArraySize(m_words));
  }

#endif
