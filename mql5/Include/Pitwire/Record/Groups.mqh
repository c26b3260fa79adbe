//+------------------------------------------------------------------+
//| Groups.mqh                                                       |
//| masks of symbol names: "*USD*,!EUR*"                             |
//|                                                                  |
//| Conditions are split by comma and applied from left to right: one|
//| adds the names that it matches, one with `!` in front takes them |
//| out. `*` stands for any characters. A name without any `*` is    |
//| that name, behind a `!` it is a part of the name. A list that    |
//| begins with `!` begins with all.                                 |
//+------------------------------------------------------------------+
#ifndef PITWIRE_RECORD_GROUPS_MQH
#define PITWIRE_RECORD_GROUPS_MQH

//+------------------------------------------------------------------+
//| The text from `from` up to the next mark; `from` moves behind it,|
//| -1 after the last part                                           |
//+------------------------------------------------------------------+
string PwNextPart(const string text,const string mark,int &from)
  {
   int start=from;
   int end=StringFind(text,mark,start);
   from=(end<0 ? -1 : end+1);
   int length=(end<0 ? StringLen(text) : end)-start;
   return(length>0 ? StringSubstr(text,start,length) : "");
  }
//+------------------------------------------------------------------+
//| Whether a name is what a mask says, in time that does not explode|
//+------------------------------------------------------------------+
bool PwMatches(const string name,const string mask)
  {
   int from=0;
   string part=PwNextPart(mask,"*",from);
   if(from<0)
      return(name==mask);
   int at=StringLen(part);
   if(at>0 && StringSubstr(name,0,at)!=part)
      return(false);
   while(true)
     {
      part=PwNextPart(mask,"*",from);
      int length=StringLen(part);
      if(from<0)
        {
         int end=StringLen(name)-length;
         return(end>=at && (length==0 || StringSubstr(name,end)==part));
        }
      if(length==0)
         continue;
      int found=StringFind(name,part,at);
      if(found<0)
         return(false);
      at=found+length;
     }
   return(false);
  }
//+------------------------------------------------------------------+
//| Whether a group, which is a list of masks, has a name in it      |
//+------------------------------------------------------------------+
bool PwInGroup(const string name,const string masks)
  {
   bool chosen=false;
   int from=0;
   while(from>=0)
     {
      bool first=(from==0);
      string mask=PwNextPart(masks,",",from);
      StringTrimLeft(mask);
      StringTrimRight(mask);
      if(StringFind(mask,"!")!=0)
        {
         chosen=chosen || PwMatches(name,mask);
         continue;
        }
      mask=StringSubstr(mask,1);
      StringTrimLeft(mask);
      if(StringFind(mask,"*")<0)
         mask="*"+mask+"*";
      chosen=(first || chosen) && !PwMatches(name,mask);
     }
   return(chosen);
  }

#endif
