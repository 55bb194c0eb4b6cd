/*
 * test_map_broken.c - a map that is broken is read by nobody, whatever is in
 * it.
 */
#include "map_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static size_t read_file(uint8_t **ret)
{
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	assert_int_equal(fseek(in, 0, SEEK_END), 0);
	n = (size_t)ftell(in);
	rewind(in);
	*ret = malloc(n);
	assert_non_null(*ret);
	assert_int_equal(fread(*ret, 1, n, in), n);
	fclose(in);
	return n;
}

/* Each of these ends, and what it gives lies within the map. */
static void ask_all(const struct lw_map *m)
{
	struct lw_map_view found;

	for (enum lw_map_kind k = LW_MAP_USER; k < LW_MAP_KIND_COUNT; k++) {
		for (uint32_t i = 0; i < 40; i++) {
			struct found f;
			char a[LW_MAP_TYPED + 1];

			snprintf(a, sizeof(a), "user%u@lightwave.test", i);
			if (lw_map_by_name(m, k, a, LW_MAP_FRESH, 1, &found) ==
			    LW_OK)
				take(&found, &f);
			if (lw_map_by_id(m, k, FIRST + i, LW_MAP_STALE, 1,
					 &found) == LW_OK)
				take(&found, &f);
		}
	}
}

static void a_broken_map_does_no_harm(void **state)
{
	struct lw_map_file *f = make(false);
	uint8_t *whole, *broken;
	struct lw_map m;
	uint32_t used;
	char a[32];
	size_t n;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		snprintf(a, sizeof(a), "user%u", i);
		put_user(f, a, FIRST + i, a, LW_MAP_FOLLOWED);
		put_groups(f, a, &i, 1);
	}
	used = lw_map_file_stats(f).used;
	n = read_file(&whole);
	lw_map_file_free(f);
	assert_int_equal(lw_map_check(whole, n, &m), LW_OK);
	for (size_t cut = 0; cut < n; cut += 1 + n / 997)
		assert_int_equal(lw_map_check(whole, cut, &m), LW_PROTO);

	broken = malloc(n);
	assert_non_null(broken);
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		memcpy(broken, whole, n);
		for (int j = (int)(random() % 4); j >= 0; j--) {
			uint32_t at = (uint32_t)random() % used;
			uint32_t v = (uint32_t)random();

			if (random() % 4 == 0)
				v = (uint32_t)random() % (uint32_t)n / 8 * 8;
			if (random() % 8 == 0)
				at %= sizeof(struct lw_map_head);
			else if (random() % 2)
				at = used - 1 - at % (80 * 240) % used;
			memcpy(broken + at / 4 * 4, &v, sizeof(v));
		}
		if (lw_map_check(broken, n, &m) == LW_OK)
			ask_all(&m);
	}
	free(whole);
	free(broken);
}

static void what_others_can_write_is_not_opened(void **state)
{
	struct lw_map_file *f = make(false);
	static struct lw_map_room fresh = { .path = path };
	struct lw_map_door *door;

	(void)state;
	assert_int_equal(chmod(path, 0664), 0);
	assert_null(lw_map_enter(&fresh, 50, &door));
	assert_int_equal(chmod(path, 0646), 0);
	assert_null(lw_map_enter(&fresh, 50, &door));
	assert_int_equal(chmod(path, 0644), 0);
	/* ... nor what is another's: test_map_open.c. */
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 64001, 0), 0);
		assert_null(lw_map_enter(&fresh, 50, &door));
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_non_null(lw_map_enter(&fresh, 50, &door));
	lw_map_leave(door);
	lw_map_close(&fresh);
	lw_map_file_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_broken_map_does_no_harm),
		cmocka_unit_test(what_others_can_write_is_not_opened),
	};

	return cmocka_run_group_tests(tests, in_a_folder, away);
}
