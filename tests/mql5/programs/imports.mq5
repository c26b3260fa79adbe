//+------------------------------------------------------------------+
//| imports.mq5                                                      |
//| what a library receives: numbers, arrays, structures, text       |
//+------------------------------------------------------------------+
#property version "1.00"

struct SPair
  {
   uchar             kind;
   long              first;
   double            second;
  };

#import "Rig.dll"
long rig_sum(const uchar &bytes[],ulong size);
void rig_fill(uchar &bytes[],int size);
int  rig_length(string text);
long rig_pair(SPair &pair);
int  rig_null(const uchar &bytes[]);
#import
//+------------------------------------------------------------------+
//| Everything once                                                  |
//+------------------------------------------------------------------+
void OnStart(void)
  {
   uchar bytes[];
   ArrayResize(bytes,3);
   rig_fill(bytes,ArraySize(bytes));
   Print("sum ",rig_sum(bytes,3));
   string text="a"+ShortToString(0x20AC);
   Print("length ",rig_length(text));
   SPair pair;
   pair.kind=1;
   pair.first=41;
   pair.second=0.0;
   long answer=rig_pair(pair);
   Print("pair ",answer," ",pair.second);
   ArrayFree(bytes);
   Print("null ",rig_null(bytes));
  }
//+------------------------------------------------------------------+
