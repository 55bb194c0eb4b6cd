/*
 * test_replica_path.c - through which groups a member is in one: a shortest
 * way, and one to each group that he is in.
 */
#include "replica_rig.h"

static void user(struct lw_replica *r, const char *name, uint32_t rid)
{
	assert_int_equal(put(r, LW_KIND_USER, name, rid, ""), LW_OK);
}

static void group(struct lw_replica *r, const char *name, uint32_t rid,
		  const char *members)
{
	assert_int_equal(put(r, LW_KIND_GROUP, name, rid, members), LW_OK);
}

static struct lw_known *by_name(struct lw_replica *r, const char *name)
{
	char dn[200];

	snprintf(dn, sizeof(dn), "CN=%s,CN=Users,DC=lightwave,DC=test", name);
	return lw_replica_by_dn(r, lw_str(dn));
}

/* "a b" from who is in a to b; "-": he is not in it. */
static const char *path(struct lw_replica *r, const char *who, const char *to)
{
	static char text[512];
	struct lw_known **v = NULL;
	size_t n = 0;
	enum lw_err e;

	e = lw_replica_path(r, by_name(r, who), by_name(r, to), &v, &n);
	text[0] = '\0';
	for (size_t i = 0; e == LW_OK && i < n; i++) {
		struct lw_str sam = lw_known_entry(v[i]).sam;

		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%.*s", i ? " " : "", (int)sam.n, sam.s);
	}
	free(v);
	if (e == LW_OK)
		return text;
	assert_int_equal(e, LW_NOTFOUND);
	return "-";
}

static void a_path_is_a_shortest_one(void **state)
{
	struct lw_replica *r = empty();

	(void)state;
	/* A circle a > b > c > a, with a way around it from u to d. */
	group(r, "a", 2001, "c u");
	group(r, "b", 2002, "a");
	group(r, "c", 2003, "b");
	group(r, "d", 2004, "c e");
	group(r, "e", 2005, "a");
	group(r, "f", 2006, "v");
	group(r, "self", 2007, "self u");
	user(r, "u", 1001);
	user(r, "v", 1002);
	assert_string_equal(path(r, "u", "a"), "a");
	assert_string_equal(path(r, "u", "c"), "a b c");
	assert_string_equal(path(r, "u", "d"), "a e d");
	assert_string_equal(path(r, "u", "self"), "self");
	assert_string_equal(path(r, "u", "f"), "-");
	assert_string_equal(path(r, "v", "a"), "-");
	assert_string_equal(path(r, "a", "a"), "-");
	assert_string_equal(path(r, "b", "a"), "c a");
	/* Direct is shorter than any way around. */
	group(r, "d", 2004, "c e u");
	assert_string_equal(path(r, "u", "d"), "d");
	lw_replica_free(r);
}

/* Whoever is in a group has a path to it, each inside the next. */
static void every_group_that_he_is_in_has_a_path(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct lw_replica *r = empty();
		struct lw_known **in = NULL;
		size_t n = 0;

		user(r, "u", 1001);
		for (uint32_t g = 0; g < 12; g++) {
			char name[8], members[64] = "";

			snprintf(name, sizeof(name), "g%u", g);
			for (int m = 0; m < 2; m++)
				snprintf(members + strlen(members),
					 sizeof(members) - strlen(members),
					 "%sg%u", m ? " " : "",
					 unit_random(&seed) % 12);
			if (unit_random(&seed) % 6 == 0)
				strcat(members, " u");
			group(r, name, 2001 + g, members);
		}
		assert_int_equal(
			lw_replica_groups_of(r, by_name(r, "u"), &in, &n),
			LW_OK);
		for (size_t i = 0; i < n; i++) {
			struct lw_known **v = NULL, *last = by_name(r, "u");
			size_t steps = 0;

			assert_int_equal(
				lw_replica_path(r, last, in[i], &v, &steps),
				LW_OK);
			for (size_t s = 0; s < steps; s++) {
				bool inside = false;

				for (uint32_t m = 0; m < v[s]->member_n; m++)
					inside |= v[s]->members[m] == last;
				assert_true(inside);
				last = v[s];
			}
			assert_ptr_equal(last, in[i]);
			free(v);
		}
		free(in);
		lw_replica_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_a_shortest_one),
		cmocka_unit_test(every_group_that_he_is_in_has_a_path),
	};

	return cmocka_run_group_tests_name("replica path", tests, NULL, NULL);
}
