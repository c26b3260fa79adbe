// Giving a program its inputs and its libraries.
#pragma once

#include <map>
#include <string>

namespace pw {

// At once. False: no such input, or not a value of its type.
bool change_input(const std::string &name, const std::string &value);
// What set_input has left for the next OnInit.
void take_over_inputs();

// Bind every import; paths: file of each library by its name. False: the program must not start, and why.
bool bind_imports(const std::map<std::string, std::string> &paths, bool allowed, std::string &why);

}  // namespace pw
