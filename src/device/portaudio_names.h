/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What devices are called, and which one a name means: PortAudio's numbers change with every start. */
#pragma once
#include <stdint.h>

#define DEVICE_NAME_BYTES 128
#define DEVICE_NAME_NONE (-1)
#define DEVICE_NAME_SEVERAL (-2)

/* "HOST: DEVICE", the host in short ("JACK", "ALSA"); what is not printable becomes '?'. */
void device_name_make(char out[DEVICE_NAME_BYTES], const char *host, const char *device);
/* The index of the name that is wish, else whose DEVICE is wish, else the only one that has wish in it (capital or
 * not); DEVICE_NAME_NONE, DEVICE_NAME_SEVERAL. */
int device_name_find(const char *wish, const char (*names)[DEVICE_NAME_BYTES], int n_names);
