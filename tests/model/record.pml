/*
 * record.pml - a record of the map is linked in, read, replaced and dropped.
 *
 * Memory is weak: a store is seen by the reader at a moment of its own, unless
 * a release orders it after those before it; a load is done at a moment of its
 * own, unless an acquire orders those after it. Each record has two words that
 * must be seen together. -DNO_RELEASE and -DNO_ACQUIRE take an order away, and
 * then the claim must fail: that is how we know that it can.
 *
 * Claims: who gets a record gets both of its words; who asks while one record
 * takes the place of another finds one of the two.
 */
#define OLD 1
#define NEW 2

byte bucket = OLD;       /* the first record of the chain; 0: none */
byte next[3];            /* of each record */
byte word_a[3], word_b[3];

proctype writer()
{
#ifdef NO_RELEASE
	/* The record's words and the link become visible in any order. */
	byte done = 0;
	do
	:: (done & 1) == 0 -> word_a[NEW] = NEW; done = done | 1
	:: (done & 2) == 0 -> word_b[NEW] = NEW; done = done | 2
	:: (done & 4) == 0 -> next[NEW] = OLD; done = done | 4
	:: (done & 8) == 0 -> bucket = NEW; done = done | 8
	:: done == 15 -> break
	od;
#else
	byte done = 0;
	do
	:: (done & 1) == 0 -> word_a[NEW] = NEW; done = done | 1
	:: (done & 2) == 0 -> word_b[NEW] = NEW; done = done | 2
	:: (done & 4) == 0 -> next[NEW] = OLD; done = done | 4
	:: done == 7 -> break
	od;
	bucket = NEW;    /* store-release */
#endif
	next[NEW] = next[OLD]; /* store-release: the old one is out */
}

proctype reader()
{
	byte at, a, b, asked = 0;
	bool found = false;

#ifdef NO_ACQUIRE
	/* The words may have been read before the link was. */
	byte a1 = word_a[1], b1 = word_b[1], a2 = word_a[2], b2 = word_b[2];
#endif
	at = bucket;     /* load-acquire */
	do
	:: at != 0 ->
#ifdef NO_ACQUIRE
		if
		:: at == 1 -> a = a1; b = b1
		:: else -> a = a2; b = b2
		fi;
#else
		if       /* in any order */
		:: a = word_a[at]; b = word_b[at]
		:: b = word_b[at]; a = word_a[at]
		fi;
#endif
		assert(a == at && b == at);
		found = true;
		at = 0
	:: at == 0 -> break
	od;
	assert(found);
}

init {
	atomic {
		word_a[OLD] = OLD;
		word_b[OLD] = OLD;
		run writer();
		run reader();
		run reader()
	}
}
