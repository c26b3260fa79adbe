// Where a program's files lie.
#pragma once

#include <filesystem>
#include <string>

#include "string.hpp"

namespace pw {

void set_sandbox(const std::filesystem::path &files, const std::filesystem::path &common);

// The place of a name within the sandbox or, with FILE_COMMON among the flags, the common folder. Empty with the
// error set: the name is not allowed.
std::filesystem::path sandbox_path(const String &name, int flags);

// The folder above the sandbox: the terminal's own files.
std::filesystem::path terminal_folder();

bool files_fail_to_write();
bool files_fail_to_read();

// A whole small file; write: through a new file and a rename, and down to the disk.
bool read_file(const std::filesystem::path &path, std::string &out);
bool write_file(const std::filesystem::path &path, const std::string &bytes);

std::FILE *open_file(const std::filesystem::path &path, const char *mode);
void sync_file(std::FILE *file);

}  // namespace pw
