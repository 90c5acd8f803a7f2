/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ALSA and JACK print a hundred lines about devices that are not there, and JACK would start a server of its own. */
#pragma once
void device_quiet(void);
