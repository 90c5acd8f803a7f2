# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(real_sound SOURCES identity/test_real_sound.c LAYERS document LABELS cpu TIMEOUT 120)
