// Conversions between text, numbers and time.
#pragma once

#include "string.hpp"
#include "structs.hpp"

namespace pw {

String CharToString(uchar code);
String ShortToString(ushort unit);
String ColorToString(color value, bool name = false);
String DoubleToString(double value, int digits = 8);
String IntegerToString(long_t number, int length = 0, ushort fill = ' ');
double StringToDouble(const String &string);
long_t StringToInteger(const String &string);
datetime StringToTime(const String &string);

enum : int { TIME_DATE = 1, TIME_MINUTES = 2, TIME_SECONDS = 4 };
String TimeToString(datetime time, int mode = TIME_DATE | TIME_MINUTES);
bool TimeToStruct(datetime time, MqlDateTime &parts);
datetime StructToTime(const MqlDateTime &parts);

}  // namespace pw
