using System.Runtime.CompilerServices;
using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>Reads the store in steps that are bounded on the server. Each step is a call that is repeated when it may pass.</summary>
internal sealed class StoreReader(RedisCalls calls)
{
    private const string Operation = "verify";
    private const string Start = "0";
    private const int PageSize = 1_000;
    private const int BatchSize = 100;

    /// <summary>Names of every key, in pages; some may come twice.</summary>
    public async IAsyncEnumerable<string[]> ScanAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = Start;
        do
        {
            var page = await calls.RunAsync(
                Operation,
                static (shard, cursor, token) => shard.ScanAsync(cursor, PageSize, token),
                cursor,
                cancellationToken).ConfigureAwait(false);
            yield return page.Names;
            cursor = page.Cursor;
        }
        while (cursor != Start);
    }

    /// <summary>
    /// What stands in a key, in pages; nothing when its type is another. Of a list each element comes once, although pushes
    /// on the left move what was read to later pages: pages overlap, and of each only what stands after the last
    /// element of the page before is taken.
    /// </summary>
    public async IAsyncEnumerable<ArraySegment<string>> WalkAsync(string name, string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = Start;
        string? last = null;
        do
        {
            var page = await calls.RunAsync(
                Operation,
                static (shard, at, token) => WalkScript.RunAsync(shard, at.name, at.cursor, PageSize, token),
                (name, cursor),
                cancellationToken).ConfigureAwait(false);
            if (page.Type != type)
            {
                yield break;
            }

            var items = type == "list" ? After(last, page.Items) : page.Items;
            if (items.Count > 0)
            {
                last = items[^1];
                yield return items;
            }

            cursor = page.Cursor;
        }
        while (cursor != Start);
    }

    /// <summary>The types of keys, and the bytes of records.</summary>
    public IAsyncEnumerable<(string Name, InspectedKey Key)> InspectAsync(IEnumerable<string> names, CancellationToken cancellationToken)
        => InBatchesAsync(names, static (shard, batch, token) => InspectScript.RunAsync(shard, batch, token), cancellationToken);

    /// <summary>Where ids stand, each at one instant.</summary>
    public IAsyncEnumerable<(Suspect Suspect, VerifiedId Facts)> VerifyAsync(IEnumerable<Suspect> suspects, CancellationToken cancellationToken)
        => InBatchesAsync(suspects, static (shard, batch, token) => VerifyScript.RunAsync(shard, batch, token), cancellationToken);

    public IAsyncEnumerable<(string Line, VerifiedLine Facts)> VerifyLinesAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
        => InBatchesAsync(lines, static (shard, batch, token) => VerifyLinesScript.RunAsync(shard, batch, token), cancellationToken);

    public Task<(long Members, bool IsDescribed, VerifiedDeath[] Deaths)> VerifyDeadAsync(
        string fingerprint, ArraySegment<string> ids, CancellationToken cancellationToken)
        => calls.RunAsync(
            Operation,
            static (shard, group, token) => VerifyDeadScript.RunAsync(shard, group.fingerprint, group.ids, token),
            (fingerprint, ids),
            cancellationToken);

    public Task<VerifiedTotals> VerifyTotalsAsync(IReadOnlyList<SeenLease> leases, CancellationToken cancellationToken)
        => calls.RunAsync(
            Operation,
            static (shard, leases, token) => VerifyTotalsScript.RunAsync(shard, leases, token),
            leases,
            cancellationToken);

    /// <summary>Parts of a page that are small enough for one call.</summary>
    public static IEnumerable<ArraySegment<T>> Batches<T>(ArraySegment<T> page)
    {
        for (var at = 0; at < page.Count; at += BatchSize)
        {
            yield return page.Slice(at, Math.Min(BatchSize, page.Count - at));
        }
    }

    /// <summary>Asks in batches. A call may answer for the first of its batch only; the rest is asked again.</summary>
    private async IAsyncEnumerable<(T Item, TAnswer Answer)> InBatchesAsync<T, TAnswer>(
        IEnumerable<T> items,
        Func<RedisShard, ArraySegment<T>, CancellationToken, Task<TAnswer[]>> call,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var chunk in items.Chunk(BatchSize))
        {
            for (ArraySegment<T> rest = chunk; rest.Count > 0;)
            {
                var answers = await calls.RunAsync(Operation, call, rest, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < answers.Length; i++)
                {
                    yield return (rest[i], answers[i]);
                }

                rest = rest[answers.Length..];
            }
        }
    }

    private static ArraySegment<string> After(string? last, string[] items)
    {
        if (last is null)
        {
            return items;
        }

        // Not there: more was pushed than a page holds, and all of this page was read before.
        var at = Array.IndexOf(items, last);
        return at < 0 && items.Length == PageSize ? [] : new ArraySegment<string>(items)[(at + 1)..];
    }
}
