using System.Net;
using JobQueue.Diagnostics;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>
/// One shard of the store over one connection: the only place that evaluates scripts, scans keys and subscribes to channels.
/// Safe to use from any thread.
/// </summary>
internal sealed class RedisShard
{
    private const string Eval = "EVAL";

    private readonly RedisLink _link;
    private readonly RedisSubscriptions _subscriptions;
    private readonly SilenceClock _silence;
    private readonly TimeSpan _callTimeout;
    private readonly TimeProvider _time;
    private readonly JobQueueMetrics? _metrics;

    public RedisShard(IConnectionMultiplexer connection, RedisKeys keys, TimeSpan callTimeout, TimeProvider time)
        : this(new RedisLink(connection), keys, callTimeout, time, metrics: null)
    {
    }

    public RedisShard(RedisLink link, RedisKeys keys, TimeSpan callTimeout, TimeProvider time, JobQueueMetrics? metrics)
    {
        _link = link;
        _subscriptions = new RedisSubscriptions(link);
        _silence = new SilenceClock(callTimeout, time);
        _callTimeout = callTimeout;
        _time = time;
        _metrics = metrics;
        Keys = keys;
        link.OnReplaced(() => Observe(_subscriptions.RenewAsync()));
        link.OnReplacementTried(_silence.Speaks);
    }

    public RedisKeys Keys { get; }

    /// <summary>How often the connection has broken: the server behind the next one may have lost what it had acknowledged.</summary>
    public long Breaks => _link.Breaks;

    /// <summary>Lets a test count a break.</summary>
    internal void CountBreak() => _link.CountBreak();

    /// <summary>
    /// Runs a script. The client never times an asynchronous call out, so it has our own limit: after a
    /// <see cref="TimeoutException"/> or a cancellation the server may still execute the call.
    /// </summary>
    public async Task<RedisResult> EvaluateAsync(RedisScript script, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var began = Begin();
        try
        {
            return Answered(await Limit(() => _link.Database.ScriptEvaluateAsync(script.Hash, Keys.ScriptKeys, arguments), cancellationToken).ConfigureAwait(false));
        }
        catch (RedisServerException e) when (RedisErrors.IsNoScript(e))
        {
            return Answered(await Limit(() => _link.Database.ExecuteAsync(Eval, TextForm(script, arguments)), cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            End(script, began);
        }
    }

    /// <summary>Runs a script on the calling thread; used by the heartbeat, which must not depend on the thread pool.</summary>
    public RedisResult Evaluate(RedisScript script, RedisValue[] arguments)
    {
        var (sent, began) = (_time.GetTimestamp(), Begin());
        try
        {
            return EvaluateByHash(script, arguments);
        }
        catch (Exception e)
        {
            Judge(e, sent);
            throw;
        }
        finally
        {
            End(script, began);
        }
    }

    /// <summary>The channels of this connection.</summary>
    internal RedisSubscriptions Subscriptions => _subscriptions;

    /// <summary>
    /// Where the server is that holds the shard. That server may have just been replaced: when it is gone, a replica of it answers, which may have taken its place before
    /// the client has learned it.
    /// </summary>
    public Task<EndPoint?> FindServerAsync(CancellationToken cancellationToken)
        => Limit(async () => (EndPoint?)await _link.Database.IdentifyEndpointAsync(Keys.ScriptKeys[1], CommandFlags.PreferMaster).ConfigureAwait(false), cancellationToken);

    /// <summary>A page of the shard's keys, by a cursor that begins and ends at "0". A key may be answered more than once.</summary>
    /// <returns>Where the scan goes on, and names without the root.</returns>
    public async Task<(string Cursor, string[] Names)> ScanAsync(string cursor, int count, CancellationToken cancellationToken)
    {
        var call = () => _link.Database.ExecuteAsync("SCAN", cursor, "MATCH", Keys.Pattern, "COUNT", count);
        var reply = Reply.Items(await Limit(call, cancellationToken).ConfigureAwait(false));
        return (Reply.Text(reply[0]), Array.ConvertAll(Reply.Texts(reply[1]), Keys.NameOf));
    }

    /// <summary>A section of what the server tells of itself.</summary>
    public async Task<string> ReadInfoAsync(string section, CancellationToken cancellationToken)
        => Reply.Text(await Limit(() => _link.Database.ExecuteAsync("INFO", ToThisShard(section)), cancellationToken).ConfigureAwait(false)) ?? "";

    /// <summary>A setting of the server; many hosted ones refuse to tell.</summary>
    public async Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await Limit(() => _link.Database.ExecuteAsync("CONFIG", ToThisShard("GET", name)), cancellationToken).ConfigureAwait(false));
        return reply is [_, var value, ..] ? Reply.Text(value) : null;
    }

    /// <summary>Names the connection at the server. The client does not repeat it for a connection that takes the place of this one.</summary>
    public Task SetNameAsync(string name) => Limit(() => _link.Database.ExecuteAsync("CLIENT", "SETNAME", name), CancellationToken.None);

    /// <summary>Waits until replicas have everything that was written over the connection.</summary>
    /// <param name="replicas">How many; the count of those that are connected is known at once for 0.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait here; the server goes on with it.</param>
    /// <returns>How many have it, and the name of the connection that says so.</returns>
    public async Task<(int Replicas, string? Connection)> WaitForReplicasAsync(int replicas, TimeSpan limit, CancellationToken cancellationToken)
    {
        var database = _link.Database;
        return await Limit(SendAsync, cancellationToken).ConfigureAwait(false);

        async Task<(int, string?)> SendAsync()
        {
            // WAIT covers what its own connection has written. A call that was sent again over a new one may have found its work done and written nothing.
            var touch = database.HashSetAsync(Keys.ScriptKeys[1], "acknowledged", replicas);
            var wait = database.ExecuteAsync("WAIT", replicas, Math.Max(1, (long)limit.TotalMilliseconds)); // It takes 0 for ever.
            var name = database.ExecuteAsync("CLIENT", "GETNAME");
            await Task.WhenAll(touch, wait, name).ConfigureAwait(false);
            return ((int)Reply.Int(await wait.ConfigureAwait(false)), (string?)await name.ConfigureAwait(false));
        }
    }

    public Task SubscribeAsync(RedisChannel channel, Action<string> handler, CancellationToken cancellationToken)
        => Limit(_subscriptions.AddAsync(channel, handler), cancellationToken);

    /// <summary>Takes another connection when the server answers over it: nothing is heard over this one, whatever else it answers.</summary>
    public void Replace() => _link.Replace(AnswersAsync);

    /// <summary>Calls back whenever the connection that hears messages was lost and is back, for as long as the connection lives.</summary>
    public void OnSubscriptionsRestored(Action restored)
    {
        _link.OnSubscriptionsRestored(restored);
        _link.OnReplaced(restored);
    }

    public Task UnsubscribeAsync(RedisChannel channel, CancellationToken cancellationToken)
        => Limit(_subscriptions.RemoveAsync(channel), cancellationToken);

    /// <summary>Subscribes every channel of this connection again.</summary>
    public Task ResubscribeAsync(CancellationToken cancellationToken) => Limit(_subscriptions.RenewAsync(), cancellationToken);

    public Task PublishAsync(RedisChannel channel, string message, CancellationToken cancellationToken)
        => Limit(_link.Subscriber.PublishAsync(channel, message), cancellationToken);

    /// <summary>
    /// The arguments of EVAL, which runs a script whether or not the server knows it. The client's own call with a text
    /// goes by hash as soon as the client believes that the server knows it, and fails when the server has forgotten it since.
    /// </summary>
    private object[] TextForm(RedisScript script, RedisValue[] arguments)
        => [script.Text, Keys.ScriptKeys.Length, .. Keys.ScriptKeys, .. arguments];

    /// <summary>
    /// In a cluster a key takes a call to the node that has it, and one without goes to any. The commands that this is for take several names, and leave out
    /// one that they do not know.
    /// </summary>
    private object[] ToThisShard(params object[] arguments) => _link.IsCluster ? [.. arguments, Keys.ScriptKeys[0]] : arguments;

    /// <summary>When a call begins, if somebody measures calls.</summary>
    private long? Begin() => _metrics is { MeasuresCalls: true } ? _time.GetTimestamp() : null;

    private void End(RedisScript script, long? began)
    {
        if (began is { } timestamp)
        {
            _metrics!.Called(script.Name, _time.GetElapsedTime(timestamp));
        }
    }

    /// <summary>No script answers with nothing at all. The client did, once, on a starved machine.</summary>
    private static RedisResult Answered(RedisResult? answer) => answer ?? throw new TimeoutException("The client has lost the answer of the server.");

    private RedisResult EvaluateByHash(RedisScript script, RedisValue[] arguments)
    {
        RedisResult result;
        try
        {
            result = _link.Database.ScriptEvaluate(script.Hash, Keys.ScriptKeys, arguments);
        }
        catch (RedisServerException e) when (RedisErrors.IsNoScript(e))
        {
            result = _link.Database.Execute(Eval, TextForm(script, arguments));
        }

        _silence.Speaks();
        return result;
    }

    private async Task<T> Limit<T>(Func<Task<T>> send, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            var call = send();
            Observe(call);
            var result = await call.WaitAsync(_callTimeout, _time, cancellationToken).ConfigureAwait(false);
            _silence.Speaks();
            return result;
        }
        catch (Exception e)
        {
            Judge(e, began);
            throw;
        }
    }

    /// <summary>
    /// A caller may have given up a little before the limit; one that did at once says nothing of the connection. What the client says by itself, that it has
    /// no connection, is no answer: it may never make one again.
    /// </summary>
    private void Judge(Exception e, long began)
    {
        if (e is RedisServerException)
        {
            _silence.Speaks();
        }
        else if ((RedisErrors.IsUnanswered(e) || (e is OperationCanceledException && _time.GetElapsedTime(began) >= _callTimeout * 0.9)) && _silence.IsTooLong(began))
        {
            var asked = _time.GetTimestamp();
            _link.Replace(async database => await AnswersAsync(database).ConfigureAwait(false) && !_silence.HasSpokenSince(asked));
        }
    }

    /// <summary>Whether the server that holds this shard answers over another connection.</summary>
    private async Task<bool> AnswersAsync(IDatabase database)
    {
        var call = database.KeyExistsAsync(Keys.Meta, CommandFlags.DemandMaster);
        Observe(call);
        await call.WaitAsync(_callTimeout, _time).ConfigureAwait(false);
        return true;
    }

    private Task Limit(Task call, CancellationToken cancellationToken)
    {
        Observe(call);
        return call.WaitAsync(_callTimeout, _time, cancellationToken);
    }

    /// <summary>A call that ended after its limit has nobody left to look at its exception.</summary>
    private static void Observe(Task call)
        => _ = call.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
