using System.Text.Json.Serialization;

#pragma warning disable CA1068 // Parameters stand in any order here: that is what is tested.

namespace JobQueue.SourceGeneration.Tests.Handlers;

/// <summary>Arguments of the user's own.</summary>
public sealed record Order(string CustomerId, int Amount, string? Note = null);

/// <summary>A result of the user's own.</summary>
public sealed record Receipt(string CustomerId, int Total);

/// <summary>What the handlers without a result leave behind.</summary>
internal sealed class Notebook
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _notes = new();

    public void Write(string key, string note) => _notes[key] = note;

    public Receipt Receive(Order order)
    {
        Write(order.CustomerId, "received");
        return new Receipt(order.CustomerId, order.Amount);
    }

    public string? Read(string key) => _notes.GetValueOrDefault(key);
}

/// <summary>One handler a shape of return, without arguments or with those of the user's own.</summary>
internal sealed class ReturnShapes(Notebook notebook)
{
    [JobHandler("return_void")]
    public void Void(Order order, JobContext job) => notebook.Write(job.Id.ToString(), order.CustomerId);

    [JobHandler("return_value")]
    public Receipt Value(Order order) => notebook.Receive(order);

    [JobHandler("return_task")]
    public async Task TaskAsync(Order order, JobContext job, CancellationToken ct)
    {
        await Task.Delay(1, ct);
        notebook.Write(job.Id.ToString(), order.CustomerId);
    }

    [JobHandler("return_value_task")]
    public async ValueTask ValueTaskAsync(CancellationToken ct, JobContext job, Order order)
    {
        await Task.Delay(1, ct);
        notebook.Write(job.Id.ToString(), order.CustomerId);
    }

    [JobHandler("return_task_of_value")]
    public async Task<Receipt> TaskOfValueAsync(Order order)
    {
        await Task.Yield();
        return notebook.Receive(order);
    }

    [JobHandler("return_value_task_of_value")]
    public async ValueTask<int?> ValueTaskOfValueAsync(Order order)
    {
        await Task.Yield();
        return order.Note is null ? null : notebook.Receive(order).Total;
    }
}

/// <summary>Handlers whose arguments are plain parameters.</summary>
internal static class ParameterShapes
{
    [JobHandler("no_parameters")]
    public static string None() => "none";

    [JobHandler("one_value")]
    public static string One(string userId) => userId;

    [JobHandler("one_list")]
    public static int Sum(IReadOnlyList<int> numbers) => numbers.Sum();

    [JobHandler("many_values")]
    public static async Task<string> ManyAsync(
        CancellationToken ct,
        string userId,
        int? count,
        Guid orderId,
        JobContext job,
        DateTimeOffset at,
        DayOfWeek day,
        byte[] bytes,
        string @class,
        [FromServices] Notebook notebook,
        decimal price = 1.5m,
        string? jobs = null,
        TimeSpan wait = default)
    {
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        notebook.Write(job.Id.ToString(), "seen");
        return FormattableString.Invariant($"{userId} {count} {orderId:N} {at:O} {day} {Convert.ToHexString(bytes)} {@class} {price} {jobs ?? "null"} {wait}");
    }

    [JobHandler("with_own_types")]
    public static Receipt WithOwnTypes(Order first, Order? second) => new(first.CustomerId, first.Amount + (second?.Amount ?? 0));
}

/// <summary>Services, former names and nested classes.</summary>
internal static class Outer
{
    internal sealed class ServiceShapes(Scoped scoped)
    {
        [JobHandler("scope")]
        public bool IsOneScope([FromServices] Scoped again) => ReferenceEquals(scoped, again) && !scoped.IsDisposed;

        [JobHandler("keyed")]
        public static string Keyed([Microsoft.Extensions.DependencyInjection.FromKeyedServices("eu")] string region, [FromServices] IComparable? missing) => region + (missing is null ? "" : "!");

        [JobHandler("present_name", Aliases = ["former_name"], MaxRetries = 0)]
        public static string Renamed(string userId) => userId;
    }

    internal sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}

/// <summary>What a trimmed host gives: its own types only, none of the generated ones.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Window))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
internal sealed partial class ShapesContext : JsonSerializerContext;
