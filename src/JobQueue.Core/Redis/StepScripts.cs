namespace JobQueue.Redis;

/// <summary>Runs read_steps.lua.</summary>
internal static class ReadStepsScript
{
    /// <returns>The names of the steps that were done, with their results; null when the lease is another's.</returns>
    public static async Task<Dictionary<string, byte[]>?> RunAsync(RedisShard shard, string id, string token, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.ReadSteps, [id, token], cancellationToken).ConfigureAwait(false));
        if (Reply.Status(reply[0]) == ScriptStatus.Refused)
        {
            return null;
        }

        var fields = Reply.Items(reply[1]);
        var steps = new Dictionary<string, byte[]>(fields.Length / 2, StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i += 2)
        {
            steps[Reply.Text(fields[i])] = Reply.Bytes(fields[i + 1]);
        }

        return steps;
    }
}

/// <summary>Runs store_step.lua.</summary>
internal static class StoreStepScript
{
    /// <returns>Whether it was stored, and the result that stands; null when the lease is another's.</returns>
    public static async Task<(ScriptStatus Status, byte[]? Stands)> RunAsync(
        RedisShard shard, string id, string token, string step, byte[] result, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard
            .EvaluateAsync(RedisScripts.StoreStep, [id, token, step, result], cancellationToken)
            .ConfigureAwait(false));
        var status = Reply.Status(reply[0]);
        return (status, status switch
        {
            ScriptStatus.Applied => result,
            ScriptStatus.AlreadyApplied => Reply.Bytes(reply[1]),
            _ => null,
        });
    }
}
