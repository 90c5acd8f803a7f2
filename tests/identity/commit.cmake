# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(commit SOURCES identity/test_commit.c LAYERS engine LABELS "cpu;tsan" TIMEOUT 120)
sono_test(commit_bands SOURCES identity/test_commit_bands.c LAYERS engine LABELS "cpu;tsan" TIMEOUT 600)
sono_test(commit_bands_extremes SOURCES identity/test_commit_bands_extremes.c LAYERS engine LABELS cpu TIMEOUT 300)
sono_test(commit_extremes SOURCES identity/test_commit_extremes.c LAYERS engine LABELS cpu TIMEOUT 120)
sono_test(restore SOURCES identity/test_restore.c LAYERS engine LABELS "cpu;tsan" TIMEOUT 120)
