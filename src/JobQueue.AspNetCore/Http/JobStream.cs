using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>
/// A list that is a bare array by contract: with <c>limit</c> one page and where it goes on, without it up to 10,000 entries, written as they are read so that
/// no list is held in memory.
/// </summary>
internal static class JobStream
{
    private const int MaxStreamed = 10_000;
    private const int Page = 500;

    /// <param name="context">The request.</param>
    /// <param name="read">Reads a page.</param>
    /// <param name="shape">Makes an entry; null leaves the job out.</param>
    /// <param name="type">Writes the array.</param>
    public static async Task AnswerAsync<T>(
        HttpContext context,
        Func<int, string?, CancellationToken, Task<(IReadOnlyList<Job> Jobs, string? NextCursor)>> read,
        Func<Job, ValueTask<T?>> shape,
        JsonTypeInfo<IAsyncEnumerable<T>> type)
        where T : class
    {
        var token = context.RequestAborted;
        var limit = Query.Limit(context);
        var (jobs, next) = await read(limit ?? Page, Query.Text(context, "cursor"), token).ConfigureAwait(false);
        if (limit is not null)
        {
            Query.SayNext(context, next);
            next = null;
        }

        await context.Response.WriteAsJsonAsync(EntriesAsync(jobs, next, read, shape, token), type, cancellationToken: token).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<T> EntriesAsync<T>(
        IReadOnlyList<Job> jobs,
        string? next,
        Func<int, string?, CancellationToken, Task<(IReadOnlyList<Job> Jobs, string? NextCursor)>> read,
        Func<Job, ValueTask<T?>> shape,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        for (var streamed = 0; ;)
        {
            foreach (var job in jobs)
            {
                if (streamed < MaxStreamed && await shape(job).ConfigureAwait(false) is { } entry)
                {
                    streamed++;
                    yield return entry;
                }
            }

            if (next is null || streamed >= MaxStreamed)
            {
                yield break;
            }

            (jobs, next) = await read(Page, next, cancellationToken).ConfigureAwait(false);
        }
    }
}
