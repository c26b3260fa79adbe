// Global variables of the terminal: doubles under a name that all its programs share.
#pragma once

#include "string.hpp"

namespace pw {

bool GlobalVariableCheck(const String &name);
bool GlobalVariableDel(const String &name);
double GlobalVariableGet(const String &name);
bool GlobalVariableGet(const String &name, double &value);
String GlobalVariableName(int index);
datetime GlobalVariableSet(const String &name, double value);  // 0: error
bool GlobalVariableSetOnCondition(const String &name, double value, double expected);
bool GlobalVariableTemp(const String &name);
datetime GlobalVariableTime(const String &name);
int GlobalVariablesDeleteAll(const String &prefix = String(), datetime before = 0);
void GlobalVariablesFlush();
int GlobalVariablesTotal();

// The terminal reads them at its start and writes them at its end; what only a flush would have saved is lost when
// it is killed. Temporary ones last as long as the terminal: over a reload of the program, not over an end.
void load_global_variables();
void save_global_variables(bool terminal_goes_on);

}  // namespace pw
