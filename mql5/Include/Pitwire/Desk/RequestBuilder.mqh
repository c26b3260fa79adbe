//+------------------------------------------------------------------+
//| RequestBuilder.mqh                                               |
//| turns a trading command into what the trade server is asked      |
//+------------------------------------------------------------------+
#ifndef PITWIRE_DESK_REQUESTBUILDER_MQH
#define PITWIRE_DESK_REQUESTBUILDER_MQH

#include <Pitwire/Desk/OrderRequest.mqh>
#include <Pitwire/Desk/PositionRequest.mqh>

//+------------------------------------------------------------------+
//| Build the request of any command; false: it is refused. A        |
//| verdict is the retcode that is known without asking              |
//+------------------------------------------------------------------+
bool PwBuildRequest(const SPwTradeCommand &command,const CUnderWay &under_way,MqlTradeRequest &request,uint &verdict,SPwRefusal &refusal)
  {
   ZeroMemory(request);
   verdict=PW_NO_VERDICT;
   switch(command.kind)
     {
      case PW_COMMAND_ORDER_CHECK:
      case PW_COMMAND_ORDER_SEND:
         return(PwBuildOrder(command,request,refusal));
      case PW_COMMAND_ORDER_MODIFY:
         return(PwBuildOrderChange(command,request,verdict,refusal));
      case PW_COMMAND_ORDER_REMOVE:
         return(PwBuildOrderRemoval(command,request,verdict,refusal));
      case PW_COMMAND_POSITION_MODIFY:
         return(PwBuildStops(command,request,verdict,refusal));
      case PW_COMMAND_POSITION_CLOSE:
         return(PwBuildClose(command,under_way,request,verdict,refusal));
      case PW_COMMAND_POSITION_CLOSE_BY:
         return(PwBuildCloseBy(command,request,verdict,refusal));
      default:
         break;
     }
   PwRefuse(refusal,PW_REFUSAL_UNSUPPORTED,"This is not a trading command.");
   return(false);
  }

#endif
