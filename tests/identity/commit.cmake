# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(commit SOURCES identity/test_commit.c LAYERS engine LABELS "cpu;tsan" TIMEOUT 120)
