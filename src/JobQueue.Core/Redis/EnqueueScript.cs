using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>One job of an enqueue call, ready to be sent.</summary>
/// <param name="Id">Its id, of the shard that it is sent to.</param>
/// <param name="Name">Its handler.</param>
/// <param name="Queue">Its queue.</param>
/// <param name="Line">The list it is to wait in.</param>
/// <param name="Due">Empty: now; <c>+N</c>: in N ms by the server's clock; <c>N</c>: at N ms.</param>
/// <param name="Record">The record's bytes.</param>
internal readonly record struct EnqueueItem(JobId Id, string Name, string Queue, string Line, string Due, byte[] Record);

/// <summary>Runs enqueue.lua.</summary>
internal static class EnqueueScript
{
    private const int HeadLength = 2;
    private const int GroupLength = 3;

    /// <summary>Jobs that follow each other and share their line and time are one group, so that these are sent and read once.</summary>
    public static RedisValue[] Arguments(string producer, long batch, ReadOnlySpan<EnqueueItem> jobs)
    {
        var arguments = new RedisValue[HeadLength + (CountGroups(jobs) * GroupLength) + (jobs.Length * 2)];
        arguments[0] = producer;
        arguments[1] = batch;
        var (at, head) = (HeadLength, 0);
        for (int i = 0, size = 0; i < jobs.Length; i++)
        {
            if (BeginsGroup(jobs, i))
            {
                (head, size) = (at, 0);
                arguments[at + 1] = jobs[i].Line;
                arguments[at + 2] = jobs[i].Due;
                at += GroupLength;
            }

            arguments[head] = ++size;
            arguments[at++] = jobs[i].Id.ToUtf8();
            arguments[at++] = jobs[i].Record;
        }

        return arguments;
    }

    private static int CountGroups(ReadOnlySpan<EnqueueItem> jobs)
    {
        var groups = 0;
        for (var i = 0; i < jobs.Length; i++)
        {
            groups += BeginsGroup(jobs, i) ? 1 : 0;
        }

        return groups;
    }

    private static bool BeginsGroup(ReadOnlySpan<EnqueueItem> jobs, int at) => at == 0 || jobs[at].Line != jobs[at - 1].Line || jobs[at].Due != jobs[at - 1].Due;

    /// <summary>Sends a batch. The same arguments may be sent again until they are answered.</summary>
    /// <returns>The status, and the positions from 0 that were refused because their ids exist.</returns>
    public static async Task<(ScriptStatus Status, int[] Duplicates)> RunAsync(RedisShard shard, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Enqueue, arguments, cancellationToken).ConfigureAwait(false));
        var positions = Reply.Text(reply[2]);
        return (Reply.Status(reply[0]), string.IsNullOrEmpty(positions) ? [] : ParsePositions(positions));
    }

    private static int[] ParsePositions(string positions)
    {
        var parts = positions.Split(',');
        var parsed = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parsed[i] = int.Parse(parts[i], CultureInfo.InvariantCulture) - 1;
        }

        return parsed;
    }
}
