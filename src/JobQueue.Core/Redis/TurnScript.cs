using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A maintenance loop, and where its timers are.</summary>
/// <param name="Loop">The name under which processes take turns.</param>
/// <param name="Timers">Names of sorted sets whose earliest time says when the loop has something to do.</param>
internal sealed record TurnRequest(string Loop, params string[] Timers);

/// <summary>Whose turn a loop is.</summary>
/// <param name="IsHeld">Whether it is the process's that asked.</param>
/// <param name="UntilDue">How long until the earliest of the loop's timers, from the answer on; null when there is none.</param>
internal readonly record struct Turn(bool IsHeld, TimeSpan? UntilDue);

/// <summary>Runs turn.lua.</summary>
internal static class TurnScript
{
    private const int HeadLength = 2;
    private const int Width = 2;

    /// <returns>An answer a loop, in their order.</returns>
    public static async Task<Turn[]> RunAsync(
        RedisShard shard, string owner, TimeSpan hold, IReadOnlyList<TurnRequest> loops, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[HeadLength + (loops.Count * Width)];
        arguments[0] = owner;
        arguments[1] = (long)hold.TotalMilliseconds;
        for (var i = 0; i < loops.Count; i++)
        {
            arguments[HeadLength + (i * Width)] = loops[i].Loop;
            arguments[HeadLength + (i * Width) + 1] = string.Concat(loops[i].Timers.Select(static name => name + "\n"));
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Turn, arguments, cancellationToken).ConfigureAwait(false));
        var turns = new Turn[loops.Count];
        for (var i = 0; i < turns.Length; i++)
        {
            var due = long.Parse(Reply.Text(reply[2 + (i * Width)]), CultureInfo.InvariantCulture);
            turns[i] = new Turn(
                Reply.Int(reply[1 + (i * Width)]) == 1,
                due < 0 ? null : TimeSpan.FromMilliseconds(Math.Max(0, due - Reply.Int(reply[0]))));
        }

        return turns;
    }
}
