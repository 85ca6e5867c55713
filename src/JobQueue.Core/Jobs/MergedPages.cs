using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue;

/// <summary>Makes one list of those that the shards have in the same order. Its cursor is made of theirs.</summary>
/// <param name="calls">Runs calls on the shards.</param>
/// <param name="order">Which of two jobs comes first.</param>
/// <param name="read">Reads a page of a shard: at most so many jobs, from a cursor on; null begins.</param>
internal sealed class MergedPages(RedisCalls calls, Comparison<Job> order, Func<RedisCalls, int, string?, Task<JobPage>> read)
{
    private const char Separator = '!';
    private const string Ended = "-";

    /// <summary>Latest first; what has no time comes last.</summary>
    public static int Latest(DateTimeOffset? left, DateTimeOffset? right) => Nullable.Compare(right, left);

    public async Task<JobPage> ReadAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        var shards = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        return shards is [var only] ? await read(only, limit, cursor).ConfigureAwait(false) : await MergeAsync(shards, limit, Parse(cursor, shards.Length)).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a page of each shard, and counts how many jobs of each come first. Cursors stand at the ends of pages, so that many are then read again as a page of
    /// their own: what that one answers is what the caller gets.
    /// </summary>
    private async Task<JobPage> MergeAsync(RedisCalls[] shards, int limit, string?[] cursors)
    {
        var pages = await Task.WhenAll(shards.Select((shard, at) => ReadOneAsync(shard, limit, cursors[at]))).ConfigureAwait(false);
        var taken = Count(pages, limit);
        var parts = await Task.WhenAll(shards.Select((shard, at) =>
            taken[at] == 0 && pages[at].Jobs.Count > 0 ? Task.FromResult(new JobPage([], cursors[at] ?? ""))
            : taken[at] == pages[at].Jobs.Count ? Task.FromResult(pages[at])
            : ReadOneAsync(shard, taken[at], cursors[at]))).ConfigureAwait(false);
        return new JobPage(
            Merge(parts),
            Array.TrueForAll(parts, static part => part.NextCursor is null) ? null : string.Join(Separator, parts.Select(static part => part.NextCursor ?? Ended)));
    }

    /// <summary>How many jobs of each page are among the first of all. None is that may come after one that its shard has not answered yet.</summary>
    private int[] Count(JobPage[] pages, int limit)
    {
        var taken = new int[pages.Length];
        for (var left = limit; left > 0 && FindFirst(pages, taken) is var first and >= 0; left--)
        {
            taken[first]++;
            if (taken[first] == pages[first].Jobs.Count && pages[first].NextCursor is not null)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>All of them; those of a shard keep their order.</summary>
    private List<Job> Merge(JobPage[] pages)
    {
        var jobs = new List<Job>();
        var taken = new int[pages.Length];
        while (FindFirst(pages, taken) is var first and >= 0)
        {
            jobs.Add(pages[first].Jobs[taken[first]++]);
        }

        return jobs;
    }

    /// <returns>The page whose next job comes first; -1 when none has any left.</returns>
    private int FindFirst(JobPage[] pages, int[] taken)
    {
        var first = -1;
        for (var at = 0; at < pages.Length; at++)
        {
            if (taken[at] < pages[at].Jobs.Count && (first < 0 || order(pages[at].Jobs[taken[at]], pages[first].Jobs[taken[first]]) < 0))
            {
                first = at;
            }
        }

        return first;
    }

    private Task<JobPage> ReadOneAsync(RedisCalls shard, int limit, string? cursor)
        => cursor == Ended ? Task.FromResult(new JobPage([], NextCursor: null)) : read(shard, limit, cursor is "" ? null : cursor);

    /// <summary>A cursor may be older than some of the shards: those begin.</summary>
    private static string?[] Parse(string? cursor, int shards)
    {
        var parts = new string?[shards];
        var given = cursor?.Split(Separator) ?? [];
        if (given.Length > shards)
        {
            throw Errors.InvalidCursor(cursor!);
        }

        given.CopyTo(parts, 0);
        return parts;
    }
}
