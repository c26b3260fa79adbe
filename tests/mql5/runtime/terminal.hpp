// What a program asks of the terminal it runs in: time, timers, its own state, its chart.
#pragma once

#include "string.hpp"
#include "structs.hpp"

namespace pw {

enum ENUM_TIMEFRAMES : int;

enum ENUM_INIT_RETCODE : int { INIT_SUCCEEDED = 0, INIT_FAILED = 1, INIT_AGENT_NOT_SUITABLE = 32766, INIT_PARAMETERS_INCORRECT = 32767 };

// A program's reasons to be removed (UninitializeReason).
enum : int {
    REASON_PROGRAM = 0,
    REASON_REMOVE = 1,
    REASON_RECOMPILE = 2,
    REASON_CHARTCHANGE = 3,
    REASON_CHARTCLOSE = 4,
    REASON_PARAMETERS = 5,
    REASON_ACCOUNT = 6,
    REASON_TEMPLATE = 7,
    REASON_INITFAILED = 8,
    REASON_CLOSE = 9,
};

enum ENUM_MQL_INFO_INTEGER : int {
    MQL_PROGRAM_TYPE,
    MQL_DLLS_ALLOWED,
    MQL_TRADE_ALLOWED,
    MQL_SIGNALS_ALLOWED,
    MQL_DEBUG,
    MQL_PROFILER,
    MQL_TESTER,
    MQL_FORWARD,
    MQL_OPTIMIZATION,
    MQL_VISUAL_MODE,
    MQL_FRAME_MODE,
};
enum ENUM_MQL_INFO_STRING : int { MQL_PROGRAM_NAME, MQL_PROGRAM_PATH };
enum ENUM_PROGRAM_TYPE : int { PROGRAM_SCRIPT = 1, PROGRAM_EXPERT = 2, PROGRAM_INDICATOR = 4, PROGRAM_SERVICE = 5 };

int MQLInfoInteger(ENUM_MQL_INFO_INTEGER property);
String MQLInfoString(ENUM_MQL_INFO_STRING property);

int GetLastError();
void ResetLastError();
void SetUserError(ushort code);

bool IsStopped();
void ExpertRemove();
int UninitializeReason();
void Sleep(int milliseconds);  // ends early when the program is to stop

bool EventSetTimer(int seconds);
bool EventSetMillisecondTimer(int milliseconds);
void EventKillTimer();

uint GetTickCount();
ulong GetTickCount64();  // moves in steps of the system timer
ulong GetMicrosecondCount();

datetime TimeCurrent();
datetime TimeCurrent(MqlDateTime &parts);
datetime TimeTradeServer();
datetime TimeTradeServer(MqlDateTime &parts);
datetime TimeLocal();
datetime TimeLocal(MqlDateTime &parts);
datetime TimeGMT();
datetime TimeGMT(MqlDateTime &parts);
int TimeGMTOffset();

String Symbol();
ENUM_TIMEFRAMES Period();
int Digits();
double Point();
long_t ChartID();

}  // namespace pw
