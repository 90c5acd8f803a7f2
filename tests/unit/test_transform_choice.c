/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pictures are made with, as text and as presets: there and back, for every transform; what no version knows. */
#include "sono_test.h"
#include "transform_choice.h"

#include <string.h>

static void text_is_read_back(void **state)
{
    (void)state;
    uint64_t seed = 5;
    SonoError err = {0};
    for (const SonoTransform *const *t = sono_transforms; *t; t++) {
        for (int round = 0; round < 50; round++) {
            TransformChoice choice = {*t, sono_params_defaults((*t)->params)};
            for (size_t i = 0; i < (*t)->params.n; i++) {
                const SonoParamDesc *d = &(*t)->params.desc[i];
                const double part = 0.5 + 0.5 * (double)sono_test_noise(&seed);
                const double value = d->min + part * (d->max - d->min);
                if (round % 3 != 0 && strcmp(d->name, TRANSFORM_TUNING) != 0) {
                    choice.params.v[i] = d->kind == SONO_PARAM_FLOAT ? value : (double)(long long)(value + 0.5);
                }
            }
            TransformChoice back = {NULL, {{0}}};
            g_autofree char *text = transform_choice_text(&choice);
            assert_ok(transform_choice_parse(text, &back, &err), err);
            assert_ptr_equal(back.transform, *t);
            assert_memory_equal(&back.params, &choice.params, sizeof back.params);
            assert_true(transform_choice_equal(&back, &choice));
        }
    }
}

static void the_usual_is_only_a_name(void **state)
{
    (void)state;
    const TransformChoice usual = transform_choice_default();
    g_autofree char *text = transform_choice_text(&usual);
    assert_string_equal(text, "stft");
}

static void presets_are_known_again(void **state)
{
    (void)state;
    SonoError err = {0};
    int n = 0;
    for (const SonoPreset *const *p = sono_presets; *p; p++, n++) {
        TransformChoice choice;
        assert_ok(transform_choice_of_preset(*p, &choice, &err), err);
        assert_ptr_equal(transform_choice_preset(&choice), *p);
        transform_choice_tune(&choice, 415.0); /* in another tuning it is still that */
        assert_ptr_equal(transform_choice_preset(&choice), *p);
        assert_ptr_equal(transform_choice_step_preset(&choice, 1),
                         sono_presets[n + 1] ? sono_presets[n + 1] : sono_presets[0]);
        const SonoPreset *next = transform_choice_step_preset(&choice, 1);
        TransformChoice after;
        assert_ok(transform_choice_of_preset(next, &after, &err), err);
        assert_ptr_equal(transform_choice_step_preset(&after, -1), *p);
    }
    assert_true(n >= 6);
    TransformChoice none = transform_choice_default();
    none.params.v[SONO_STFT_SIZE] = 1080.0;
    assert_null(transform_choice_preset(&none));
    assert_ptr_equal(transform_choice_step_preset(&none, 1), sono_presets[0]);
    assert_ptr_equal(transform_choice_step_preset(&none, -1), sono_presets[n - 1]);
}

/* The pitch is the program's, not the choice's: it is never written, and what is read has the usual one. */
static void concert_pitch_is_put_in(void **state)
{
    (void)state;
    SonoError err = {0};
    TransformChoice choice;
    assert_ok(transform_choice_parse("vqt tuning_hz=415 bins_per_octave=36", &choice, &err), err);
    const int i = sono_params_find(choice.transform->params, TRANSFORM_TUNING);
    assert_true(choice.params.v[i] == 440.0);
    transform_choice_tune(&choice, 432.0);
    assert_true(choice.params.v[i] == 432.0);
    g_autofree char *text = transform_choice_text(&choice);
    assert_string_equal(text, "vqt bins_per_octave=36");
    TransformChoice plain = transform_choice_default();
    transform_choice_tune(&plain, 432.0); /* has none */
    const TransformChoice usual = transform_choice_default();
    assert_memory_equal(&plain.params, &usual.params, sizeof plain.params);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const nonsense[] = {"",
                                           "fft",
                                           "stft size",
                                           "stft size=",
                                           "stft size=x",
                                           "stft size=1e9",
                                           "vqt quality=best",
                                           "stft bins_per_octave=12",
                                           " stft",
                                           "stft size=2048 hop=nan"};
    for (size_t i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        SonoError err = {0};
        TransformChoice choice = transform_choice_default();
        const TransformChoice before = choice;
        if (transform_choice_parse(nonsense[i], &choice, &err) == SONO_OK) {
            fail_msg("'%s' was taken", nonsense[i]);
        }
        assert_true(err.message[0] != '\0');
        assert_memory_equal(&choice, &before, sizeof choice);
    }
}

static void main_parameters_are_parameters(void **state)
{
    (void)state;
    for (const SonoTransform *const *t = sono_transforms; *t; t++) {
        size_t n = 0;
        for (size_t i = 0; i < (*t)->params.n; i++) {
            n += transform_choice_is_main(*t, (*t)->params.desc[i].name) ? 1 : 0;
        }
        size_t listed = 0;
        while ((*t)->main_params[listed]) {
            listed++;
        }
        assert_int_equal(n, listed); /* each name is one of the table's */
        assert_false(transform_choice_is_main(*t, "no_such"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_back),       cmocka_unit_test(the_usual_is_only_a_name),
        cmocka_unit_test(presets_are_known_again), cmocka_unit_test(concert_pitch_is_put_in),
        cmocka_unit_test(nonsense_is_refused),     cmocka_unit_test(main_parameters_are_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
