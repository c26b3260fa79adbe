#include "sandbox.hpp"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "critical.hpp"
#include "events.hpp"
#include "files.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace pw {

namespace {

std::filesystem::path files_folder;
std::filesystem::path common_folder;
std::atomic<bool> write_fails{false};
std::atomic<bool> read_fails{false};

constexpr int LONGEST_NAME = 259;

bool is_allowed_part(std::u16string_view part) {
    return !part.empty() && part != u"." && part != u".." && part.find_first_of(u"<>:\"|?*") == std::u16string_view::npos &&
           std::all_of(part.begin(), part.end(), [](char16_t unit) { return unit >= 32; });
}

}  // namespace

void set_sandbox(const std::filesystem::path &files, const std::filesystem::path &common) {
    files_folder = files;
    common_folder = common;
}

std::filesystem::path terminal_folder() { return std::filesystem::absolute(files_folder).lexically_normal().parent_path(); }

std::filesystem::path sandbox_path(const String &name, int flags) {
    const std::filesystem::path &base = (flags & FILE_COMMON) != 0 ? common_folder : files_folder;
    if (base.empty() || name.length() == 0) return fail(ERR_WRONG_FILENAME, std::filesystem::path());
    if (name.length() > LONGEST_NAME) return fail(ERR_TOO_LONG_FILENAME, std::filesystem::path());
    std::filesystem::path path = base;
    std::u16string_view rest = name.units();
    while (true) {
        const std::size_t end = std::min(rest.find_first_of(u"\\/"), rest.size());
        if (!is_allowed_part(rest.substr(0, end))) return fail(ERR_WRONG_FILENAME, std::filesystem::path());
        path /= std::filesystem::path(std::u16string(rest.substr(0, end)));
        if (end == rest.size()) return path;
        rest.remove_prefix(end + 1);
    }
}

void files_fail(bool write, bool read) {
    write_fails = write;
    read_fails = read;
}

bool files_fail_to_write() { return write_fails; }

bool files_fail_to_read() { return read_fails; }

std::FILE *open_file(const std::filesystem::path &path, const char *mode) {
#if defined(_WIN32)
    return _wfopen(path.c_str(), std::filesystem::path(mode).c_str());
#else
    return std::fopen(path.c_str(), mode);
#endif
}

void sync_file(std::FILE *file) {
    std::fflush(file);
#if defined(_WIN32)
    _commit(_fileno(file));
#else
    fsync(fileno(file));
#endif
}

bool read_file(const std::filesystem::path &path, std::string &out) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return false;
    out.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    return !file.bad();
}

bool write_file(const std::filesystem::path &path, const std::string &bytes) {
    std::filesystem::path fresh = path;
    fresh += ".new";
    std::FILE *file = open_file(fresh, "wb");
    if (file == nullptr) return false;
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    sync_file(file);
    std::fclose(file);
    std::error_code error;
    if (written) std::filesystem::rename(fresh, path, error);
    return written && !error;
}

}  // namespace pw
