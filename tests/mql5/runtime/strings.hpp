// String built-ins.
#pragma once

#include "array.hpp"
#include "string.hpp"

namespace pw {

inline int StringLen(const String &string) { return string.length(); }
bool StringAdd(String &string, const String &tail);
int StringCompare(const String &a, const String &b, bool case_sensitive = true);
int StringFind(const String &string, const String &wanted, int start = 0);
ushort StringGetCharacter(const String &string, int at);
bool StringSetCharacter(String &string, int at, ushort unit);
bool StringFill(String &string, ushort unit);
bool StringInit(String &string, int length = 0, ushort unit = 0);
bool StringSetLength(String &string, uint length);
bool StringReserve(String &string, uint capacity);
int StringReplace(String &string, const String &wanted, const String &replacement);
int StringSplit(const String &string, ushort separator, View<String> parts);
String StringSubstr(const String &string, int start, int length = -1);
bool StringToLower(String &string);
bool StringToUpper(String &string);
int StringTrimLeft(String &string);
int StringTrimRight(String &string);

// With count -1 the terminating zero is copied and counted.
int StringToCharArray(const String &string, View<uchar> bytes, int start = 0, int count = -1, uint codepage = CP_ACP);
int StringToShortArray(const String &string, View<ushort> units, int start = 0, int count = -1);
// Both end at a zero.
String CharArrayToString(View<const uchar> bytes, int start = 0, int count = -1, uint codepage = CP_ACP);
String ShortArrayToString(View<const ushort> units, int start = 0, int count = -1);

}  // namespace pw
