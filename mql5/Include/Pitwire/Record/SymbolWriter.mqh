//+------------------------------------------------------------------+
//| SymbolWriter.mqh                                                 |
//| writes the properties of a symbol one by one: as the names of    |
//| a table's fields, as a row of it, or as a map                    |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_SYMBOLWRITER_MQH
#define PITWIRE_RECORD_SYMBOLWRITER_MQH

#include <Pitwire/Codec/PackWriter.mqh>
#include <Pitwire/Record/Digits.mqh>

enum ENUM_PW_FORM
  {
   PW_FORM_NAMES,
   PW_FORM_ROW,
   PW_FORM_MAP
  };
//+------------------------------------------------------------------+
//| One list of properties serves all three forms, so that their order|
//| cannot differ                                                    |
//+------------------------------------------------------------------+
class CSymbolWriter
  {
private:
   CPackWriter      *m_symbol_body;
   string            m_symbol;
   ENUM_PW_FORM      m_form;

   bool              Begins(const string name);

public:
   void              Begin(CPackWriter &body,const string symbol,const ENUM_PW_FORM form);
   void              Flag(const string name,const ENUM_SYMBOL_INFO_INTEGER property);
   void              Number(const string name,const ENUM_SYMBOL_INFO_INTEGER property);
   void              Count(const string name,const ENUM_SYMBOL_INFO_INTEGER property);
   void              Time(const string name,const ENUM_SYMBOL_INFO_INTEGER property);
   void              Real(const string name,const ENUM_SYMBOL_INFO_DOUBLE property);
   void              Text(const string name,const ENUM_SYMBOL_INFO_STRING property);
   void              Digits(const string name);
   void              VolumeDigits(const string name);
   void              Name(const string name);
  };
//+------------------------------------------------------------------+
//| Begin a symbol, or the names of the fields                       |
//+------------------------------------------------------------------+
void CSymbolWriter::Begin(CPackWriter &body,const string symbol,const ENUM_PW_FORM form)
  {
   m_symbol_body=GetPointer(body);
   m_symbol=symbol;
   m_form=form;
   if(form==PW_FORM_MAP)
      m_symbol_body.Map(PW_COUNT_SYMBOLINFO);
   else
      m_symbol_body.Array(PW_COUNT_SYMBOLINFO);
  }
//+------------------------------------------------------------------+
//| Write what stands in front of a value; false: there is no value  |
//+------------------------------------------------------------------+
bool CSymbolWriter::Begins(const string name)
  {
   if(m_form==PW_FORM_NAMES)
     {
      m_symbol_body.Text(name);
      return(false);
     }
   if(m_form==PW_FORM_MAP)
      m_symbol_body.Key(name);
   return(true);
  }
//+------------------------------------------------------------------+
//| Write a property that is true or false                           |
//+------------------------------------------------------------------+
void CSymbolWriter::Flag(const string name,const ENUM_SYMBOL_INFO_INTEGER property)
  {
   if(Begins(name))
      m_symbol_body.Bool(SymbolInfoInteger(m_symbol,property)!=0);
  }
//+------------------------------------------------------------------+
//| Write a whole number: an enumeration, flags or points            |
//+------------------------------------------------------------------+
void CSymbolWriter::Number(const string name,const ENUM_SYMBOL_INFO_INTEGER property)
  {
   if(Begins(name))
      m_symbol_body.Int(SymbolInfoInteger(m_symbol,property));
  }
//+------------------------------------------------------------------+
//| Write a count                                                    |
//+------------------------------------------------------------------+
void CSymbolWriter::Count(const string name,const ENUM_SYMBOL_INFO_INTEGER property)
  {
   if(Begins(name))
      m_symbol_body.Int(PwCount(SymbolInfoInteger(m_symbol,property)));
  }
//+------------------------------------------------------------------+
//| Write a time in seconds                                          |
//+------------------------------------------------------------------+
void CSymbolWriter::Time(const string name,const ENUM_SYMBOL_INFO_INTEGER property)
  {
   if(Begins(name))
      m_symbol_body.Int(PwTimeS(SymbolInfoInteger(m_symbol,property)));
  }
//+------------------------------------------------------------------+
//| Write a price, a volume, an amount                               |
//+------------------------------------------------------------------+
void CSymbolWriter::Real(const string name,const ENUM_SYMBOL_INFO_DOUBLE property)
  {
   if(Begins(name))
      m_symbol_body.Real(PwFinite(SymbolInfoDouble(m_symbol,property)));
  }
//+------------------------------------------------------------------+
//| Write a text                                                     |
//+------------------------------------------------------------------+
void CSymbolWriter::Text(const string name,const ENUM_SYMBOL_INFO_STRING property)
  {
   if(Begins(name))
      m_symbol_body.Text(PwShort(SymbolInfoString(m_symbol,property)));
  }
//+------------------------------------------------------------------+
//| Write the decimal places of prices                               |
//+------------------------------------------------------------------+
void CSymbolWriter::Digits(const string name)
  {
   if(Begins(name))
      m_symbol_body.Int(PwDigits(m_symbol));
  }
//+------------------------------------------------------------------+
//| Write the decimal places of volumes                              |
//+------------------------------------------------------------------+
void CSymbolWriter::VolumeDigits(const string name)
  {
   if(Begins(name))
      m_symbol_body.Int(PwVolumeDigits(m_symbol));
  }
//+------------------------------------------------------------------+
//| Write the symbol's own name                                      |
//+------------------------------------------------------------------+
void CSymbolWriter::Name(const string name)
  {
   if(Begins(name))
      m_symbol_body.Text(PwShort(m_symbol));
  }

#endif
