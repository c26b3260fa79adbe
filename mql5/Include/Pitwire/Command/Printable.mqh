//+------------------------------------------------------------------+
//| Printable.mqh                                                    |
//| texts from outside: no control characters, counted length        |
//+------------------------------------------------------------------+
#ifndef PITWIRE_COMMAND_PRINTABLE_MQH
#define PITWIRE_COMMAND_PRINTABLE_MQH

//+------------------------------------------------------------------+
//| Whether a character can forge a line or turn a text around       |
//+------------------------------------------------------------------+
bool PwIsControl(const int letter)
  {
   if(letter<0x20 || (letter>=0x7F && letter<0xA0) || letter==0xAD || letter==0xFEFF)
      return(true);
   return((letter>=0x200B && letter<=0x200F) || (letter>=0x2028 && letter<=0x202E) || (letter>=0x2060 && letter<=0x206F));
  }
//+------------------------------------------------------------------+
//| Count the characters of a text, -1 if one of them is a control   |
//+------------------------------------------------------------------+
int PwPrintable(const string text)
  {
   int units=StringLen(text);
   int count=0;
   for(int i=0; i<units; i++)
     {
      int letter=(int)StringGetCharacter(text,i);
      if(PwIsControl(letter))
         return(-1);
      // the second half of a pair belongs to the character before it
      if(letter<0xDC00 || letter>0xDFFF)
         count++;
     }
   return(count);
  }

#endif
