//+------------------------------------------------------------------+
//| Replay.mqh                                                       |
//| the inputs of a file, one by one                                 |
//+------------------------------------------------------------------+
#ifndef PITWIRE_FUZZ_REPLAY_MQH
#define PITWIRE_FUZZ_REPLAY_MQH

#include <Pitwire/Codec/Bytes.mqh>

#define PW_CORPUS "corpus.txt"

//+------------------------------------------------------------------+
//| Stop the program where something that must always hold does not  |
//+------------------------------------------------------------------+
void PwMust(const bool holds,const string what)
  {
   if(holds)
      return;
   Print("broken: ",what);
   int nothing[];
   ArrayResize(nothing,0);
   nothing[0]=1;
  }
//+------------------------------------------------------------------+
//| Read bytes that are written in hexadecimal digits                |
//+------------------------------------------------------------------+
void PwTakeHex(const string digits,uchar &out[])
  {
   int count=StringLen(digits)/2;
   ArrayResize(out,count);
   for(int i=0; i<count; i++)
     {
      int high=PwHexDigit((int)StringGetCharacter(digits,2*i));
      int low=PwHexDigit((int)StringGetCharacter(digits,2*i+1));
      out[i]=(uchar)(16*high+low);
     }
  }
//+------------------------------------------------------------------+
//| Hand each line of the file to the program's own PwFuzz, and      |
//| print what it says of it                                         |
//+------------------------------------------------------------------+
void PwReplay(void)
  {
   int file=FileOpen(PW_CORPUS,FILE_READ|FILE_TXT|FILE_ANSI);
   PwMust(file!=INVALID_HANDLE,"there is no corpus");
   while(!FileIsEnding(file))
     {
      uchar input[];
      PwTakeHex(FileReadString(file),input);
      Print(PwFuzz(input));
     }
   FileClose(file);
  }

#endif
