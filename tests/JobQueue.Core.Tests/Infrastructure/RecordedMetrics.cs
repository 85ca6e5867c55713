using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JobQueue.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>Listens to the meters of one host: it is that host's factory of meters, so it hears no other's.</summary>
internal sealed class RecordedMetrics : IMeterFactory
{
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _measured = new();
    private readonly ConcurrentQueue<Instrument> _instruments = new();
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public RecordedMetrics(bool enabled = true)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
            {
                _instruments.Enqueue(instrument);
                if (enabled)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Metrics that nobody listens to, for parts that are tested alone.</summary>
    public static JobQueueMetrics Unheard { get; } = new(new RecordedMetrics(enabled: false));

    public IReadOnlyCollection<Instrument> Instruments => _instruments;

    public void AddTo(JobQueueBuilder jobs) => jobs.Services.AddSingleton<IMeterFactory>(this);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>What an instrument has measured, by its tags as <c>name=value</c>, in order of their names.</summary>
    public IReadOnlyList<(double Value, string Tags)> Of(string instrument)
        => [.. _measured.Where(measured => measured.Instrument == instrument).Select(static measured => (measured.Value, measured.Tags))];

    public double Sum(string instrument) => Of(instrument).Sum(static measured => measured.Value);

    /// <summary>What observable instruments say now.</summary>
    public IReadOnlyList<(double Value, string Tags)> Observe(string instrument)
    {
        var before = Of(instrument).Count;
        _listener.RecordObservableInstruments();
        return [.. Of(instrument).Skip(before)];
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(static meter => meter.Dispose());
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string>();
        foreach (var (name, tag) in tags)
        {
            texts.Add($"{name}={tag}");
        }

        texts.Sort(StringComparer.Ordinal);
        _measured.Enqueue((instrument.Name, value, string.Join(' ', texts)));
    }
}
