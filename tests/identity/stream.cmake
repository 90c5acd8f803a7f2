# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(stream SOURCES identity/test_stream.c LAYERS document LABELS cpu TIMEOUT 300)
