#include "CDemoTraces.h"

// Clang has `#embed` in every language mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

// The fixture itself, so that the demo cannot differ from what the tests prove.
static const unsigned char banking[] = {
#embed "../../fixtures/banking-transfer/racy.json"
};

const unsigned char *raceway_demo_banking(size_t *size) {
    *size = sizeof(banking);
    return banking;
}
