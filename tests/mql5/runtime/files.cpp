#include "files.hpp"

#include <cstdio>
#include <filesystem>
#include <map>

#include "sandbox.hpp"

namespace pw {

namespace {

namespace fs = std::filesystem;

struct File {
    std::FILE *stream = nullptr;
    fs::path path;
    int flags = 0;
    uint codepage = CP_ACP;
    enum class Last { NOTHING, READ, WRITE } last = Last::NOTHING;

    bool has(int flag) const { return (flags & flag) != 0; }
    bool is_unicode() const { return has(FILE_TXT) && !has(FILE_ANSI); }
};

constexpr std::size_t MOST_FILES = 64;
constexpr char BYTE_ORDER_MARK[] = "\xFF\xFE";

std::map<int, File> &open_files() {
    static std::map<int, File> *all = new std::map<int, File>;
    return *all;
}

File *find(int handle) {
    const auto found = open_files().find(handle);
    if (found == open_files().end()) return fail(ERR_INVALID_FILEHANDLE, static_cast<File *>(nullptr));
    return &found->second;
}

// The sharing rules of Windows, for the files of this program.
bool may_share(const fs::path &path, int flags) {
    for (const auto &[handle, other] : open_files()) {
        if (other.path != path) continue;
        if ((flags & FILE_READ) != 0 && !other.has(FILE_SHARE_READ)) return false;
        if ((flags & FILE_WRITE) != 0 && !other.has(FILE_SHARE_WRITE)) return false;
        if (other.has(FILE_READ) && (flags & FILE_SHARE_READ) == 0) return false;
        if (other.has(FILE_WRITE) && (flags & FILE_SHARE_WRITE) == 0) return false;
    }
    return true;
}

bool is_open(const fs::path &path) {
    for (const auto &[handle, other] : open_files())
        if (other.path == path) return true;
    return false;
}

void seek(std::FILE *stream, long_t offset, ENUM_FILE_POSITION origin) {
    const int whence = origin;
#if defined(_WIN32)
    _fseeki64(stream, offset, whence);
#else
    fseeko(stream, offset, whence);
#endif
}

long_t tell(std::FILE *stream) {
#if defined(_WIN32)
    return _ftelli64(stream);
#else
    return ftello(stream);
#endif
}

long_t size_of(std::FILE *stream) {
    const long_t at = tell(stream);
    seek(stream, 0, SEEK_END);
    const long_t size = tell(stream);
    seek(stream, at, SEEK_SET);
    return size;
}

// The C library wants a seek between reading and writing.
void turn_to(File &file, File::Last next) {
    if (file.last != next && file.last != File::Last::NOTHING) seek(file.stream, 0, SEEK_CUR);
    file.last = next;
}

File *readable(int handle) {
    File *file = find(handle);
    if (file == nullptr) return nullptr;
    if (!file->has(FILE_READ)) return fail(ERR_FILE_NOTTOREAD, static_cast<File *>(nullptr));
    if (files_fail_to_read()) return fail(ERR_FILE_READERROR, static_cast<File *>(nullptr));
    turn_to(*file, File::Last::READ);
    return file;
}

File *writable(int handle) {
    File *file = find(handle);
    if (file == nullptr) return nullptr;
    if (!file->has(FILE_WRITE)) return fail(ERR_FILE_NOTTOWRITE, static_cast<File *>(nullptr));
    if (files_fail_to_write()) return fail(ERR_FILE_WRITEERROR, static_cast<File *>(nullptr));
    turn_to(*file, File::Last::WRITE);
    return file;
}

std::size_t write_to(File &file, const void *from, std::size_t size) {
    const std::size_t written = size == 0 ? 0 : std::fwrite(from, 1, size, file.stream);
    if (written < size) set_last_error(ERR_FILE_WRITEERROR);
    return written;
}

template <class Number> Number read_number(int handle, std::size_t size = sizeof(Number)) {
    Number value{};
    if (detail::is_binary(handle)) detail::read_bytes(handle, &value, size);
    return value;
}

template <class Number> uint write_number(int handle, Number value, std::size_t size = sizeof(Number)) {
    return detail::is_binary(handle) ? static_cast<uint>(detail::write_bytes(handle, &value, size)) : 0u;
}

std::u16string wide_units(const std::string &bytes) {
    std::u16string units(bytes.size() / 2, u'\0');
    std::memcpy(units.data(), bytes.data(), units.size() * 2);
    return units;
}

String read_line(File &file) {
    std::string line;
    const std::size_t width = file.is_unicode() ? 2 : 1;
    char unit[2] = {};
    bool any = false;
    while (std::fread(unit, 1, width, file.stream) == width) {
        any = true;
        if (unit[0] == '\n' && unit[1] == 0) break;
        line.append(unit, width);
    }
    if (!any) set_last_error(ERR_FILE_ENDOFFILE);
    std::u16string units = width == 2 ? wide_units(line) : decode(line, file.codepage);
    if (!units.empty() && units.back() == u'\r') units.pop_back();
    return String(std::move(units));
}

std::string text_bytes(const File &file, const std::u16string &units) {
    if (!file.is_unicode()) return encode(units, file.codepage);
    return std::string(reinterpret_cast<const char *>(units.data()), units.size() * 2);
}

long_t seconds_of(fs::file_time_type time) {
    const auto ago = std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() - time).count();
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count() - ago;
}

bool matches(std::u16string_view name, std::u16string_view mask) {
    if (mask.empty()) return name.empty();
    if (mask[0] == '*') return matches(name, mask.substr(1)) || (!name.empty() && matches(name.substr(1), mask));
    return !name.empty() && (mask[0] == '?' || mask[0] == name[0]) && matches(name.substr(1), mask.substr(1));
}

std::map<long_t, std::vector<String>> &searches() {
    static std::map<long_t, std::vector<String>> *all = new std::map<long_t, std::vector<String>>;
    return *all;
}

bool transfer(const String &from, int common, const String &to, int mode, bool keep) {
    const fs::path source = sandbox_path(from, common);
    const fs::path target = sandbox_path(to, mode);
    if (source.empty() || target.empty()) return false;
    std::error_code error;
    if (fs::is_directory(source, error)) return fail(ERR_FILE_IS_DIRECTORY, false);
    if (!fs::exists(source, error)) return fail(ERR_FILE_NOT_EXIST, false);
    if (fs::exists(target, error) && ((mode & FILE_REWRITE) == 0 || is_open(target))) return fail(ERR_FILE_CANNOT_REWRITE, false);
    if (files_fail_to_write() || (!keep && is_open(source))) return fail(ERR_CANNOT_OPEN_FILE, false);
    fs::create_directories(target.parent_path(), error);
    if (keep) fs::copy_file(source, target, fs::copy_options::overwrite_existing, error);
    else fs::rename(source, target, error);
    return error ? fail(ERR_CANNOT_OPEN_FILE, false) : true;
}

}  // namespace

namespace detail {

std::size_t read_bytes(int handle, void *to, std::size_t size) {
    File *file = readable(handle);
    if (file == nullptr || size == 0) return 0;
    const std::size_t got = std::fread(to, 1, size, file->stream);
    if (got < size) set_last_error(ERR_FILE_READERROR);
    return got;
}

std::size_t write_bytes(int handle, const void *from, std::size_t size) {
    File *file = writable(handle);
    return file == nullptr ? 0 : write_to(*file, from, size);
}

bool is_binary(int handle) {
    const File *file = find(handle);
    return file != nullptr && (file->has(FILE_BIN) || fail(ERR_FILE_NOTBIN, false));
}

}  // namespace detail

int FileOpen(const String &name, int flags, int, uint codepage) {
    const bool reads = (flags & FILE_READ) != 0;
    const bool writes = (flags & FILE_WRITE) != 0;
    if ((!reads && !writes) || (flags & FILE_CSV) != 0 || ((flags & FILE_BIN) != 0) == ((flags & FILE_TXT) != 0))
        return fail(ERR_INVALID_PARAMETER, INVALID_HANDLE);
    const fs::path path = sandbox_path(name, flags);
    if (path.empty()) return INVALID_HANDLE;
    if (open_files().size() >= MOST_FILES) return fail(ERR_TOO_MANY_FILES, INVALID_HANDLE);
    std::error_code error;
    const bool exists = fs::exists(path, error);
    if ((reads && files_fail_to_read()) || (writes && files_fail_to_write()) || (!writes && !exists) || fs::is_directory(path, error) ||
        !may_share(path, flags))
        return fail(ERR_CANNOT_OPEN_FILE, INVALID_HANDLE);
    if (writes) fs::create_directories(path.parent_path(), error);
    File file;
    file.path = path;
    file.flags = flags;
    file.codepage = codepage;
    file.stream = open_file(path, !writes ? "rb" : reads && exists ? "rb+" : reads ? "wb+" : "wb");
    if (file.stream == nullptr) return fail(ERR_CANNOT_OPEN_FILE, INVALID_HANDLE);
    if (file.is_unicode()) {
        if (size_of(file.stream) == 0 && writes) write_to(file, BYTE_ORDER_MARK, 2);
        seek(file.stream, std::min<long_t>(2, size_of(file.stream)), SEEK_SET);
    }
    int handle = 1;
    while (open_files().count(handle) != 0) ++handle;
    open_files()[handle] = file;
    return handle;
}

void FileClose(int handle) {
    const File *file = find(handle);
    if (file == nullptr) return;
    std::fclose(file->stream);
    open_files().erase(handle);
}

void FileFlush(int handle) {
    File *file = find(handle);
    if (file == nullptr) return;
    sync_file(file->stream);
    turn_to(*file, File::Last::NOTHING);
}

bool FileSeek(int handle, long_t offset, ENUM_FILE_POSITION origin) {
    File *file = find(handle);
    if (file == nullptr) return false;
    const long_t base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? tell(file->stream) : size_of(file->stream);
    seek(file->stream, std::max<long_t>(base + offset, 0), SEEK_SET);
    file->last = File::Last::NOTHING;
    return true;
}

ulong FileTell(int handle) {
    const File *file = find(handle);
    return file == nullptr ? 0 : static_cast<ulong>(tell(file->stream));
}

ulong FileSize(int handle) {
    const File *file = find(handle);
    return file == nullptr ? 0 : static_cast<ulong>(size_of(file->stream));
}

bool FileIsEnding(int handle) {
    const File *file = find(handle);
    return file == nullptr || tell(file->stream) >= size_of(file->stream);
}

long_t FileGetInteger(int handle, ENUM_FILE_PROPERTY_INTEGER property) {
    set_last_error(ERR_SUCCESS);
    const File *file = find(handle);
    if (file == nullptr) return -1;
    std::error_code error;
    switch (property) {
        case FILE_EXISTS: return fs::exists(file->path, error) ? 1 : 0;
        case FILE_CREATE_DATE:
        case FILE_MODIFY_DATE:
        case FILE_ACCESS_DATE: return seconds_of(fs::last_write_time(file->path, error));
        case FILE_SIZE: return size_of(file->stream);
        case FILE_POSITION: return tell(file->stream);
        case FILE_END: return FileIsEnding(handle) ? 1 : 0;
        case FILE_IS_COMMON: return file->has(FILE_COMMON) ? 1 : 0;
        case FILE_IS_TEXT: return file->has(FILE_TXT) ? 1 : 0;
        case FILE_IS_BINARY: return file->has(FILE_BIN) ? 1 : 0;
        case FILE_IS_CSV: return 0;
        case FILE_IS_ANSI: return file->has(FILE_ANSI) ? 1 : 0;
        case FILE_IS_READABLE: return file->has(FILE_READ) ? 1 : 0;
        case FILE_IS_WRITABLE: return file->has(FILE_WRITE) ? 1 : 0;
        default: return fail(ERR_INVALID_PARAMETER, long_t{-1});
    }
}

long_t FileGetInteger(const String &name, ENUM_FILE_PROPERTY_INTEGER property, bool common) {
    set_last_error(ERR_SUCCESS);
    const fs::path path = sandbox_path(name, common ? FILE_COMMON : 0);
    if (path.empty()) return -1;
    std::error_code error;
    const bool exists = fs::exists(path, error);
    if (property == FILE_EXISTS && !exists) return 0;
    if (!exists) return fail(ERR_FILE_NOT_EXIST, long_t{-1});
    const bool folder = fs::is_directory(path, error);
    if (folder) set_last_error(ERR_FILE_IS_DIRECTORY);
    switch (property) {
        case FILE_EXISTS: return folder ? 0 : 1;
        case FILE_CREATE_DATE:
        case FILE_MODIFY_DATE:
        case FILE_ACCESS_DATE: return seconds_of(fs::last_write_time(path, error));
        case FILE_SIZE: return folder ? 0 : static_cast<long_t>(fs::file_size(path, error));
        default: return fail(ERR_INVALID_PARAMETER, long_t{-1});
    }
}

int FileReadInteger(int handle, int size) {
    if (size < 1 || size > INT_VALUE) return fail(ERR_INVALID_PARAMETER, 0);
    return read_number<int>(handle, static_cast<std::size_t>(size));
}

long_t FileReadLong(int handle) { return read_number<long_t>(handle); }

double FileReadDouble(int handle) { return read_number<double>(handle); }

String FileReadString(int handle, int length) {
    File *file = readable(handle);
    if (file == nullptr) return text(u"");
    if (file->has(FILE_TXT)) return read_line(*file);
    if (length < 0) return fail(ERR_FILE_BINSTRINGSIZE, text(u""));
    const bool wide = !file->has(FILE_ANSI);
    std::string bytes(static_cast<std::size_t>(length) * (wide ? 2 : 1), '\0');
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file->stream));
    return String(wide ? wide_units(bytes) : decode(bytes, file->codepage));
}

uint FileWriteInteger(int handle, int value, int size) {
    if (size < 1 || size > INT_VALUE) return fail(ERR_INVALID_PARAMETER, 0u);
    return write_number(handle, value, static_cast<std::size_t>(size));
}

uint FileWriteLong(int handle, long_t value) { return write_number(handle, value); }

uint FileWriteDouble(int handle, double value) { return write_number(handle, value); }

uint FileWriteString(int handle, const String &string, int length) {
    File *file = writable(handle);
    if (file == nullptr) return 0;
    std::u16string units(string.units());
    if (file->has(FILE_BIN)) {
        if (length >= 0) units.resize(static_cast<std::size_t>(length));
        const std::string bytes = file->has(FILE_ANSI) ? encode(units, file->codepage)
                                                       : std::string(reinterpret_cast<const char *>(units.data()), units.size() * 2);
        return static_cast<uint>(write_to(*file, bytes.data(), bytes.size()));
    }
    for (std::size_t at = 0; (at = units.find(u'\n', at)) != std::u16string::npos; ++at)
        if (at == 0 || units[at - 1] != u'\r') units.insert(at++, 1, u'\r');
    const std::string bytes = text_bytes(*file, units);
    return static_cast<uint>(write_to(*file, bytes.data(), bytes.size()));
}

bool FileIsExist(const String &name, int common) {
    const fs::path path = sandbox_path(name, common);
    if (path.empty()) return false;
    std::error_code error;
    if (fs::is_directory(path, error)) return fail(ERR_FILE_IS_DIRECTORY, false);
    return fs::exists(path, error) || fail(ERR_FILE_NOT_EXIST, false);
}

bool FileDelete(const String &name, int common) {
    const fs::path path = sandbox_path(name, common);
    if (path.empty() || !FileIsExist(name, common)) return false;
    std::error_code error;
    if (is_open(path) || !fs::remove(path, error)) return fail(ERR_CANNOT_DELETE_FILE, false);
    return true;
}

bool FileMove(const String &from, int common, const String &to, int mode) { return transfer(from, common, to, mode, false); }

bool FileCopy(const String &from, int common, const String &to, int mode) { return transfer(from, common, to, mode, true); }

bool FolderCreate(const String &name, int common) {
    const fs::path path = sandbox_path(name, common);
    if (path.empty()) return false;
    std::error_code error;
    if (files_fail_to_write()) return fail(ERR_WRONG_DIRECTORYNAME, false);
    fs::create_directories(path, error);
    return fs::is_directory(path, error) || fail(ERR_WRONG_DIRECTORYNAME, false);
}

bool FolderDelete(const String &name, int common) {
    const fs::path path = sandbox_path(name, common);
    if (path.empty()) return false;
    std::error_code error;
    if (!fs::exists(path, error)) return fail(ERR_DIRECTORY_NOT_EXIST, false);
    if (!fs::is_directory(path, error)) return fail(ERR_FILE_ISNOT_DIRECTORY, false);
    return fs::remove(path, error) || fail(ERR_CANNOT_DELETE_DIRECTORY, false);
}

long_t FileFindFirst(const String &filter, String &found, int common) {
    const std::u16string_view units = filter.units();
    const std::size_t cut = units.find_last_of(u"\\/");
    const bool nested = cut != std::u16string_view::npos;
    const std::u16string_view mask = nested ? units.substr(cut + 1) : units;
    // A file that is never there stands for the folder itself, so that the folder's name is checked as any other.
    const String folder = nested ? String(std::u16string(units.substr(0, cut + 1))) + text(u"-") : text(u"-");
    const fs::path path = sandbox_path(folder, common);
    if (path.empty()) return INVALID_HANDLE;
    std::vector<String> names;
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(path.parent_path(), error)) {
        const std::u16string name = entry.path().filename().u16string();
        if (matches(name, mask)) names.push_back(String(entry.is_directory(error) ? name + u"\\" : name));
    }
    if (names.empty()) return fail(ERR_FILE_NOT_EXIST, long_t{INVALID_HANDLE});
    std::sort(names.begin(), names.end(), [](const String &a, const String &b) { return b < a; });
    long_t search = 1;
    while (searches().count(search) != 0) ++search;
    searches()[search] = std::move(names);
    FileFindNext(search, found);
    return search;
}

bool FileFindNext(long_t search, String &found) {
    const auto names = searches().find(search);
    if (names == searches().end()) return fail(ERR_INVALID_HANDLE, false);
    if (names->second.empty()) return fail(ERR_FILE_NOT_EXIST, false);
    found = names->second.back();
    names->second.pop_back();
    return true;
}

void FileFindClose(long_t search) { searches().erase(search); }

}  // namespace pw
