/*
 * weak.pml - the front's stores, on a memory that is as weak as C17 allows.
 *
 * The front reads nothing that readers write, so its program is run at once,
 * and what it leaves is a list of stores. Each becomes visible at a moment of
 * its own: never before an earlier one to the same word; with release not
 * before any earlier one; behind a release fence not before any in front of it.
 * A later store may overtake one with release, as it may on aarch64.
 *
 * A model defines WORDS and STORES (32 at most) and includes this. Loads are
 * its own to reorder: mem[] is what a reader sees, mine[] what the front knows.
 */
byte mem[WORDS], mine[WORDS];

byte where[STORES], what[STORES];
int after[STORES]; /* a bit for each store that must be visible first */
int fenced = 0;    /* the same, for all to come */
int visible = 0;
byte stores = 0, i;

#define EARLIER ((1 << stores) - 1)

inline set(word, value)
{
	mem[word] = value;
	mine[word] = value
}

inline store(word, value, first)
{
	where[stores] = word;
	what[stores] = value;
	after[stores] = fenced | (first);
	i = 0;
	do
	:: i < stores ->
		if
		:: where[i] == where[stores] ->
			after[stores] = after[stores] | (1 << i)
		:: else
		fi;
		i++
	:: else -> break
	od;
	mine[where[stores]] = what[stores];
	stores++
}

inline relaxed(word, value)
{
	store(word, value, 0)
}

inline release(word, value)
{
	store(word, value, EARLIER)
}

inline release_fence()
{
	fenced = EARLIER
}

proctype memory()
{
	byte n;

	do
	:: visible != EARLIER ->
		/* Any one that may; or none, and then again. */
		atomic {
			n = 0;
			do
			:: !(visible >> n & 1) &&
			   (visible & after[n]) == after[n] ->
				mem[where[n]] = what[n];
				visible = visible | 1 << n;
				break
			:: n + 1 < stores -> n++
			:: n + 1 == stores -> break
			od;
			n = 0
		}
	:: else -> break
	od
}
