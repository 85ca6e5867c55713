using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A page of a structure.</summary>
/// <param name="Type">As Redis's TYPE says it.</param>
/// <param name="Cursor">Where the walk goes on; "0" when it is done.</param>
/// <param name="Items">Of a hash: field, value, and so on.</param>
internal readonly record struct WalkReply(string Type, string Cursor, string[] Items);

/// <summary>Runs walk.lua.</summary>
internal static class WalkScript
{
    public static async Task<WalkReply> RunAsync(RedisShard shard, string name, string cursor, int count, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Walk, [name, cursor, count], cancellationToken).ConfigureAwait(false));
        return new WalkReply(Reply.Text(reply[0]), Reply.Text(reply[1]), Array.ConvertAll(Reply.ManyBytes(reply[2]), EntryText.Read));
    }
}

/// <summary>The type of a key, and its bytes when it is a record.</summary>
internal readonly record struct InspectedKey(string Type, byte[] Record);

/// <summary>Runs inspect.lua.</summary>
internal static class InspectScript
{
    private const int Width = 2;

    /// <returns>An answer a name, in their order, for as many of the first as fitted into one reply.</returns>
    public static async Task<InspectedKey[]> RunAsync(RedisShard shard, ArraySegment<string> names, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[names.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = names[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Inspect, arguments, cancellationToken).ConfigureAwait(false));
        var keys = new InspectedKey[reply.Length / Width];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = new InspectedKey(Reply.Text(reply[i * Width]), Reply.Bytes(reply[(i * Width) + 1]));
        }

        return keys;
    }
}

/// <summary>An id that a walk saw where it may not be, or nowhere.</summary>
/// <param name="Id">The job.</param>
/// <param name="SeenIn">Name of the key that it was seen in, or empty.</param>
/// <param name="SeenAs">The text by which it stands there; empty when the key is the id's own.</param>
/// <param name="InTwoPlaces">Whether it was seen in two places, so that one place is not the answer.</param>
internal readonly record struct Suspect(JobId Id, string SeenIn, string SeenAs, bool InTwoPlaces);

/// <summary>Where an id stands at one instant.</summary>
/// <param name="RecordType">Type of its record's key; "none" when there is none.</param>
/// <param name="Line">The line that its record says; empty when it says none.</param>
/// <param name="Status">The end that its record says; empty while it lives.</param>
/// <param name="TombstoneLine">The line of its tombstone; empty without one.</param>
/// <param name="Places">Names of the keys that hold it.</param>
internal readonly record struct VerifiedId(string RecordType, string Line, string Status, string TombstoneLine, string[] Places)
{
    public bool HasRecord => RecordType != "none";
}

/// <summary>Runs verify.lua.</summary>
internal static class VerifyScript
{
    private const int AskedWidth = 4;
    private const int AnsweredWidth = 5;

    /// <returns>An answer a suspect, in their order, for as many of the first as could be looked for in one call.</returns>
    public static async Task<VerifiedId[]> RunAsync(RedisShard shard, ArraySegment<Suspect> suspects, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[suspects.Count * AskedWidth];
        for (int i = 0, at = 0; i < suspects.Count; i++, at += AskedWidth)
        {
            arguments[at] = suspects[i].Id.ToString();
            arguments[at + 1] = suspects[i].SeenIn;
            arguments[at + 2] = suspects[i].SeenAs;
            arguments[at + 3] = suspects[i].InTwoPlaces ? 2 : 1;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.Verify, arguments, cancellationToken).ConfigureAwait(false));
        var answers = new VerifiedId[reply.Length / AnsweredWidth];
        for (int i = 0, at = 0; i < answers.Length; i++, at += AnsweredWidth)
        {
            answers[i] = new VerifiedId(
                Reply.Text(reply[at]),
                Reply.Text(reply[at + 1]),
                Reply.Text(reply[at + 2]),
                Reply.Text(reply[at + 3]),
                Reply.Text(reply[at + 4]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return answers;
    }
}

/// <summary>Where a dead letter stands.</summary>
/// <param name="IsDead">Whether it is in the set of dead letters.</param>
/// <param name="IsInGroup">Whether it is in the group that was asked for.</param>
/// <param name="Fingerprint">The group that its record says; empty when it says none.</param>
/// <param name="IsInOwnGroup">Whether it is in that group.</param>
internal readonly record struct VerifiedDeath(bool IsDead, bool IsInGroup, string Fingerprint, bool IsInOwnGroup);

/// <summary>Runs verify_dead.lua.</summary>
internal static class VerifyDeadScript
{
    private const int Width = 4;

    /// <param name="shard">The shard.</param>
    /// <param name="fingerprint">The group that the ids were seen in; empty when they were seen among the dead letters.</param>
    /// <param name="ids">The ids' texts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<(long Members, bool IsDescribed, VerifiedDeath[] Deaths)> RunAsync(
        RedisShard shard, string fingerprint, ArraySegment<string> ids, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[1 + ids.Count];
        arguments[0] = fingerprint;
        for (var i = 0; i < ids.Count; i++)
        {
            arguments[1 + i] = ids[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.VerifyDead, arguments, cancellationToken).ConfigureAwait(false));
        var places = Reply.Items(reply[2]);
        var deaths = new VerifiedDeath[places.Length / Width];
        for (int i = 0, at = 0; i < deaths.Length; i++, at += Width)
        {
            deaths[i] = new VerifiedDeath(
                Reply.Int(places[at]) == 1, Reply.Int(places[at + 1]) == 1, Reply.Text(places[at + 2]), Reply.Int(places[at + 3]) == 1);
        }

        return (Reply.Int(reply[0]), Reply.Int(reply[1]) == 1, deaths);
    }
}

/// <summary>Whether the ids of a line can be found.</summary>
internal readonly record struct VerifiedLine(long Length, bool IsReady, bool IsKnown);

/// <summary>Runs verify_lines.lua.</summary>
internal static class VerifyLinesScript
{
    private const int Width = 3;

    public static async Task<VerifiedLine[]> RunAsync(RedisShard shard, ArraySegment<string> lines, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[lines.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = lines[i];
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.VerifyLines, arguments, cancellationToken).ConfigureAwait(false));
        var answers = new VerifiedLine[lines.Count];
        for (int i = 0, at = 0; i < answers.Length; i++, at += Width)
        {
            answers[i] = new VerifiedLine(Reply.Int(reply[at]), Reply.Int(reply[at + 1]) == 1, Reply.Int(reply[at + 2]) == 1);
        }

        return answers;
    }
}

/// <summary>A lease, to ask whether its worker lives.</summary>
internal readonly record struct SeenLease(string Id, string Token, string WorkerId, long StartedMs);

/// <summary>A number that the store keeps, and the same counted.</summary>
internal readonly record struct VerifiedNumber(string Of, string Kept, long Counted)
{
    public bool IsRight => long.TryParse(Kept, CultureInfo.InvariantCulture, out var kept) && kept == Counted;
}

/// <summary>What the store keeps as numbers, and leases that nobody holds.</summary>
internal sealed record VerifiedTotals(long Now, long LastRecovery, VerifiedNumber[] Tombstones, VerifiedNumber[] Bytes, string[] Orphans);

/// <summary>Runs verify_totals.lua.</summary>
internal static class VerifyTotalsScript
{
    private const int LeaseWidth = 3;
    private const int NumberWidth = 3;

    public static async Task<VerifiedTotals> RunAsync(RedisShard shard, IReadOnlyList<SeenLease> leases, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[leases.Count * LeaseWidth];
        for (int i = 0, at = 0; i < leases.Count; i++, at += LeaseWidth)
        {
            arguments[at] = leases[i].Id;
            arguments[at + 1] = leases[i].Token;
            arguments[at + 2] = leases[i].WorkerId;
        }

        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.VerifyTotals, arguments, cancellationToken).ConfigureAwait(false));
        return new VerifiedTotals(
            Reply.Int(reply[0]), Reply.OptionalTime(reply[1]) ?? 0, Numbers(reply[2]), Numbers(reply[3]), Reply.Texts(reply[4]));
    }

    private static VerifiedNumber[] Numbers(RedisResult part)
    {
        var items = Reply.Texts(part);
        var numbers = new VerifiedNumber[items.Length / NumberWidth];
        for (int i = 0, at = 0; i < numbers.Length; i++, at += NumberWidth)
        {
            numbers[i] = new VerifiedNumber(items[at], items[at + 1], long.Parse(items[at + 2], CultureInfo.InvariantCulture));
        }

        return numbers;
    }
}
