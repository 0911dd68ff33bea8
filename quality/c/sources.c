/* Which sources the library was built of: quality/kernel.py uses no other. */
#include "kernel.h"

API int64_t quality_sources(void) { return QUALITY_SOURCES; }
