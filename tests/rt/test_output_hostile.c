/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device child that lies cannot mislead the editor; and what devices are called. */
#include <string.h>

#include "device_child.h"
#include "portaudio_names.h"
#include "rt_stream.h"
#include "sono_clock.h"

static const char *program(void)
{
    return getenv("SONO_HOSTILE_AUDIO");
}

static void test_lies(void **state)
{
    (void)state;
    static const struct {
        const char *mode, *says;
    } cases[] = {
        {"no-channels", "0 channels"},
        {"65-channels", "65 channels"},
        {"minus-channels", "-1 channels"},
        {"mad-inputs", "inputs"},
        {"minus-inputs", "-2 inputs"},
        {"minus-buffer", "buffers of -1"},
        {"mad-buffer", "buffers of"},
        {"mad-status", "without a reason"},
        {"other-type", "out of turn"},
        {"other-version", "out of turn"},
        {"no-rate", "0 Hz"},
        {"nan-rate", "nan Hz"},
        {"mad-rate", "1e+09 Hz"},
        {"endless-text", "????"},
        {"short", "out of turn"},
        {"start-buffer", "0 frames"},
        {"no-callbacks", "does not answer"},
    };
    SonoOutput *output = NULL;
    SonoError err;
    assert_ok(sono_output_new(NULL, NULL, &output, &err), err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoOutputWish wish = {.device = "x", .rate_hz = 48000.0 + (double)i, .n_channels = 2, .program = program()};
        assert_int_equal(setenv("SONO_HOSTILE", cases[i].mode, 1), 0);
        sono_output_open(output, &wish);
        (void)rt_wait_phase(output, SONO_OUTPUT_LOST, 8.0);
        const SonoOutputState lost = sono_output_state(output);
        if (!strstr(lost.line, cases[i].says)) {
            fail_msg("%s: %s", cases[i].mode, lost.line);
        }
    }
    sono_output_free(output);
}

static void test_lists(void **state)
{
    (void)state;
    static const char *const modes[] = {"endless-list", "minus-channels", "list-flags", "other-type", "short"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        SonoDeviceList list = {0};
        SonoError err;
        assert_int_equal(setenv("SONO_HOSTILE", modes[i], 1), 0);
        const SonoStatus status = sono_device_list(program(), &list, &err);
        if (strcmp(modes[i], "minus-channels") == 0) {
            assert_int_equal(status, SONO_OK); /* a last reply: what else it says does not count */
        } else {
            assert_int_equal(status, SONO_E_FORMAT);
        }
        assert_int_equal(list.n_devices, 0);
        sono_device_list_clear(&list);
    }
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"}, {"Gerät 1", "Gerät 1"},     {"\xe2\x99\xab", "\xe2\x99\xab"},    {"a\tb\x1b[1m", "a?b?[1m"},
        {"\xff\xfe", "??"}, {"cut \xe2\x99", "cut ??"}, {"\xc0\x80 \xed\xa0\x80", "?? ???"}, {"\xc2\x85", "??"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DeviceReply reply = {0};
        (void)snprintf(reply.text, sizeof reply.text, "%s", cases[i][0]);
        memset(reply.device, 'x', sizeof reply.device);
        device_reply_clean(&reply);
        assert_string_equal(reply.text, cases[i][1]);
        assert_int_equal(strlen(reply.device), sizeof reply.device - 1);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const char names[][DEVICE_NAME_BYTES] = {
        "JACK: system",  "JACK: loopback",           "ALSA: HDA Intel PCH: ALC257 Analog (hw:0,0)",
        "ALSA: default", "ALSA: USB Audio (hw:1,0)", "ALSA: USB Audio (hw:2,0)"};
    static const struct {
        const char *wish;
        int index;
    } cases[] = {
        {"JACK: loopback", 1},
        {"loopback", 1},
        {"LOOP", 1},
        {"default", 3},
        {"alc257", 2},
        {"USB Audio", DEVICE_NAME_SEVERAL},
        {"hw:2", 5},
        {"ALSA", DEVICE_NAME_SEVERAL},
        {"nothing", DEVICE_NAME_NONE},
        {"system", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(device_name_find(cases[i].wish, names, 6), cases[i].index);
    }
    assert_int_equal(device_name_find("x", names, 0), DEVICE_NAME_NONE);
    char name[DEVICE_NAME_BYTES], lengthy[300];
    device_name_make(name, "JACK Audio Connection Kit", "sys\ntem");
    assert_string_equal(name, "JACK: sys?tem");
    memset(lengthy, 0, sizeof lengthy);
    for (int i = 0; i < 290; i += 2) {
        memcpy(lengthy + i, "ä", 2);
    }
    device_name_make(name, "ALSA", lengthy);
    assert_int_equal(strlen(name) % 2, 0); /* six bytes, then whole characters */
    assert_true(strlen(name) >= DEVICE_NAME_BYTES - 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lies), cmocka_unit_test(test_lists),
                                       cmocka_unit_test(test_texts), cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
