#include "globals.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "critical.hpp"
#include "errors.hpp"
#include "sandbox.hpp"
#include "terminal.hpp"

namespace pw {

namespace {

constexpr int LONGEST_NAME = 63;
constexpr long_t KEPT_S = 28 * 86400;

struct Variable {
    double value = 0.0;
    long_t time = 0;  // of the last access
    bool temporary = false;
};

std::map<String, Variable> &variables() {
    static std::map<String, Variable> *all = new std::map<String, Variable>;
    return *all;
}

std::filesystem::path store() { return terminal_folder() / "gvariables.txt"; }

Variable *find(const String &name) {
    const auto found = variables().find(name);
    if (found == variables().end()) return fail(ERR_GLOBALVARIABLE_NOT_FOUND, static_cast<Variable *>(nullptr));
    found->second.time = TimeLocal();
    return &found->second;
}

bool is_name(const String &name) {
    return (name.length() > 0 && name.length() <= LONGEST_NAME) || fail(ERR_INVALID_PARAMETER, false);
}

bool save(bool with_temporary) {
    std::string lines;
    char number[64];
    for (const auto &[name, variable] : variables()) {
        if (variable.temporary && !with_temporary) continue;
        std::snprintf(number, sizeof number, "%a %lld %d ", variable.value, static_cast<long long>(variable.time), variable.temporary ? 1 : 0);
        lines += number + name.utf8() + "\n";
    }
    return write_file(store(), lines);
}

}  // namespace

void load_global_variables() {
    std::string bytes;
    if (!read_file(store(), bytes)) return;
    std::istringstream lines(bytes);
    std::string line;
    bool any_temporary = false;
    while (std::getline(lines, line)) {
        char *rest = nullptr;
        Variable variable;
        variable.value = std::strtod(line.c_str(), &rest);
        variable.time = std::strtoll(rest, &rest, 10);
        variable.temporary = std::strtol(rest, &rest, 10) != 0;
        if (*rest != ' ' || variable.time + KEPT_S < static_cast<long_t>(TimeLocal())) continue;
        any_temporary = any_temporary || variable.temporary;
        variables()[String::from_utf8(rest + 1)] = variable;
    }
    if (any_temporary) save(false);
}

void save_global_variables(bool terminal_goes_on) { save(terminal_goes_on); }

bool GlobalVariableCheck(const String &name) { return find(name) != nullptr; }

bool GlobalVariableDel(const String &name) { return variables().erase(name) != 0 || fail(ERR_GLOBALVARIABLE_NOT_FOUND, false); }

double GlobalVariableGet(const String &name) {
    const Variable *variable = find(name);
    return variable == nullptr ? 0.0 : variable->value;
}

bool GlobalVariableGet(const String &name, double &value) {
    const Variable *variable = find(name);
    if (variable == nullptr) return false;
    value = variable->value;
    return true;
}

String GlobalVariableName(int index) {
    if (index < 0 || index >= GlobalVariablesTotal()) return fail(ERR_INVALID_PARAMETER, text(u""));
    return std::next(variables().begin(), index)->first;
}

datetime GlobalVariableSet(const String &name, double value) {
    if (!is_name(name)) return 0;
    Variable &variable = variables()[name];
    variable.value = value;
    variable.time = TimeLocal();
    return variable.time;
}

bool GlobalVariableSetOnCondition(const String &name, double value, double expected) {
    Variable *variable = find(name);
    if (variable == nullptr) return false;
    if (variable->value != expected) return fail(ERR_GLOBALVARIABLE_NOT_MODIFIED, false);
    variable->value = value;
    return true;
}

bool GlobalVariableTemp(const String &name) {
    if (!is_name(name)) return false;
    if (variables().count(name) != 0) return fail(ERR_GLOBALVARIABLE_EXISTS, false);
    variables()[name] = {0.0, TimeLocal(), true};
    return true;
}

datetime GlobalVariableTime(const String &name) {
    const auto found = variables().find(name);
    return found == variables().end() ? fail(ERR_GLOBALVARIABLE_NOT_FOUND, datetime(0)) : datetime(found->second.time);
}

int GlobalVariablesDeleteAll(const String &prefix, datetime before) {
    int count = 0;
    for (auto at = variables().begin(); at != variables().end();) {
        const bool named = at->first.units().substr(0, prefix.units().size()) == prefix.units();
        const bool old = before == 0 || at->second.time < before;
        at = named && old ? variables().erase(at) : std::next(at);
        count += named && old ? 1 : 0;
    }
    return count;
}

void GlobalVariablesFlush() {
    if (!save(false)) set_last_error(ERR_GLOBALVARIABLE_CANNOTWRITE);
}

int GlobalVariablesTotal() { return static_cast<int>(variables().size()); }

}  // namespace pw
