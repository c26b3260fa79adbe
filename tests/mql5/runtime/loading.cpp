// Inputs and imports of the program: both enter themselves into lists before main.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

#include "conversion.hpp"
#include "events.hpp"
#include "loading.hpp"
#include "program.hpp"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace pw {

namespace {

std::vector<InputBase *> &inputs() {
    static std::vector<InputBase *> *all = new std::vector<InputBase *>;
    return *all;
}

std::vector<Import *> &imports() {
    static std::vector<Import *> *all = new std::vector<Import *>;
    return *all;
}

std::mutex changes_mutex;
std::map<std::string, std::string> changes;

InputBase *find_input(const std::string &name) {
    for (InputBase *input : inputs())
        if (name == input->name()) return input;
    return nullptr;
}

void *open_library(const std::string &path) {
#if defined(_WIN32)
    // The libraries that it needs are looked for in its own folder.
    return reinterpret_cast<void *>(LoadLibraryExA(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH));
#else
    return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
#endif
}

void *find_function(void *library, const char *name) {
#if defined(_WIN32)
    return reinterpret_cast<void *>(GetProcAddress(static_cast<HMODULE>(library), name));
#else
    return dlsym(library, name);
#endif
}

template <class Number, class Parse> bool parse_number(const std::string &value, Number &out, Parse parse) {
    if (value.empty() || value[0] == ' ') return false;
    char *rest = nullptr;
    errno = 0;
    out = static_cast<Number>(parse(value.c_str(), &rest));
    return errno == 0 && *rest == '\0';
}

}  // namespace

InputBase::InputBase(const char *name, const char *type) : name_(name), type_(type) { inputs().push_back(this); }

Import::Import(const char *from, const char *name) : dll(from), function(name), pointer(nullptr) { imports().push_back(this); }

bool parse_input(const std::string &value, long_t &out) {
    return parse_number(value, out, [](const char *from, char **rest) { return std::strtoll(from, rest, 10); });
}

bool parse_input(const std::string &value, ulong &out) {
    return value[0] != '-' && parse_number(value, out, [](const char *from, char **rest) { return std::strtoull(from, rest, 10); });
}

bool parse_input(const std::string &value, double &out) { return parse_number(value, out, std::strtod); }

bool parse_input(const std::string &value, bool &out) {
    out = value == "true" || value == "1";
    return out || value == "false" || value == "0";
}

bool parse_input(const std::string &value, String &out) {
    out = String::from_utf8(value);
    return true;
}

bool parse_input(const std::string &value, datetime &out) {
    out = StringToTime(String::from_utf8(value));
    return out != 0;
}

bool change_input(const std::string &name, const std::string &value) {
    InputBase *input = find_input(name);
    return input != nullptr && input->set(value);
}

bool set_input(const std::string &name, const std::string &value) {
    if (find_input(name) == nullptr) return false;
    const std::lock_guard<std::mutex> lock(changes_mutex);
    changes[name] = value;
    return true;
}

void take_over_inputs() {
    const std::lock_guard<std::mutex> lock(changes_mutex);
    for (const auto &[name, value] : changes)
        if (!change_input(name, value)) std::fprintf(stderr, "input %s cannot be \"%s\": it keeps its value\n", name.c_str(), value.c_str());
    changes.clear();
}

bool bind_imports(const std::map<std::string, std::string> &paths, bool allowed, std::string &why) {
    std::map<std::string, void *> libraries;
    for (Import *import : imports()) {
        const std::string name = import->dll;
        if (!allowed) {
            why = "DLL imports are not allowed: allow them for the terminal and the program";
            return false;
        }
        const auto path = paths.find(name);
        if (path == paths.end()) {
            why = "no library " + name + ": name its file with --library " + name + "=PATH";
            return false;
        }
        void *&library = libraries[name];
        if (library == nullptr) library = open_library(path->second);
        if (library == nullptr) {
            why = "library " + name + " cannot be loaded from " + path->second;
            return false;
        }
        import->pointer = find_function(library, import->function);
        if (import->pointer != nullptr) continue;
        why = "library " + name + " has no function " + import->function;
        return false;
    }
    return true;
}

}  // namespace pw
