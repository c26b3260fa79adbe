// All that a translated program sees.
#pragma once

#include "array.hpp"
#include "arrays.hpp"
#include "conversion.hpp"
#include "crypt.hpp"
#include "files.hpp"
#include "globals.hpp"
#include "maths.hpp"
#include "output.hpp"
#include "pointer.hpp"
#include "program.hpp"
#include "string.hpp"
#include "strings.hpp"
#include "structs.hpp"
#include "terminal.hpp"
#include "types.hpp"

#include "market.hpp"
