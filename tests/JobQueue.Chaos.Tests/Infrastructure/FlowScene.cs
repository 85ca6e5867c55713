using JobQueue.ChaosWorker;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>Workers and callers that reach the server over a network of the test's own, and jobs that flow between them.</summary>
internal sealed class FlowScene : IAsyncDisposable
{
    /// <summary>After this long workers and callers give a call up.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    private readonly ChaosClient _client;

    private FlowScene(FaultProxy network, ChaosClient client, PatientCallers callers)
    {
        Network = network;
        _client = client;
        Callers = callers;
    }

    public FaultProxy Network { get; }

    public PatientCallers Callers { get; }

    /// <summary>Over the network.</summary>
    public IJobQueue Jobs => _client.Jobs;

    /// <summary>Starts workers and callers of a scenario that has begun, and waits until jobs flow.</summary>
    public static async Task<FlowScene> BeginAsync(Scenario scenario, int workers, Func<WorkerSettings, WorkerSettings>? configure = null)
    {
        var network = FaultProxy.Before(scenario.Server.ConnectionString);
        var connection = network.Through(scenario.Server.ConnectionString);
        var fleet = Enumerable.Range(0, workers)
            .Select(_ => scenario.StartWorker(settings => (configure ?? (static settings => settings))(
                settings with { Connection = connection, CallTimeoutMs = (int)CallTimeout.TotalMilliseconds })))
            .ToList();
        await scenario.JoinedAsync(fleet);
        var client = await ChaosClient.StartAsync(connection, scenario.Prefix, CallTimeout);
        var callers = PatientCallers.Start(client.Jobs, scenario.Audit, scenario.Random);
        await callers.FlowsAsync();
        return new FlowScene(network, client, callers);
    }

    public async ValueTask DisposeAsync()
    {
        await Callers.DisposeAsync();
        await _client.DisposeAsync();
        await Network.DisposeAsync();
    }
}
