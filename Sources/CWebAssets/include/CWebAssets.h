#pragma once

#include <stddef.h>

/// One file of Sources/CWebAssets/web, as it was when the library was built.
typedef struct {
    /// Its name in that folder.
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t size;
} raceway_web_asset;

/// How many files there are.
size_t raceway_web_asset_count(void);

/// A file by its place, in the order in which a page needs them.
raceway_web_asset raceway_web_asset_at(size_t index);
