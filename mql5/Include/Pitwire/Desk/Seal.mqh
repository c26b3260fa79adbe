//+------------------------------------------------------------------+
//| Seal.mqh                                                         |
//| the checksum that chains the lines of a file                     |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_SEAL_MQH
#define PITWIRE_DESK_SEAL_MQH

class CSeal
  {
private:
   uint              m_table[256];

public:
                     CSeal(void);
   uint              Next(const uint seal,const uchar &data[],const int from,const int count) const;
  };
//+------------------------------------------------------------------+
//| Make the table of the CRC-32                                     |
//+------------------------------------------------------------------+
CSeal::CSeal(void)
  {
   for(int i=0; i<256; i++)
     {
      uint rest=(uint)i;
      for(int bit=0; bit<8; bit++)
        {
         if((rest&1)!=0)
            rest=(rest>>1)^0xEDB88320;
         else
            rest=rest>>1;
        }
      m_table[i]=rest;
     }
  }
//+------------------------------------------------------------------+
//| The seal of a text that follows what has this seal               |
//+------------------------------------------------------------------+
uint CSeal::Next(const uint seal,const uchar &data[],const int from,const int count) const
  {
   uint next=~seal;
   for(int i=from; i<from+count; i++)
      next=(next>>8)^m_table[(int)((next^data[i])&255)];
   return(~next);
  }

#endif
