namespace JobQueue.SourceGeneration.Models;

/// <summary>A valid <c>[JobHandler]</c> method, with all that generated code says about it and nothing of the compiler's.</summary>
/// <param name="Name">The handler's name.</param>
/// <param name="Identifier">The name in Pascal case, which generated names are made from.</param>
/// <param name="ContainingType">The fully qualified type that declares the method.</param>
/// <param name="Namespace">The namespace of that type; empty for the global one.</param>
/// <param name="Method">The method's name as code writes it.</param>
/// <param name="Display">The method for people: <c>App.PortfolioJobs.SyncAsync</c>.</param>
/// <param name="IsStatic">Whether the method needs no instance.</param>
/// <param name="IsPublic">Whether all types that callers name are public.</param>
/// <param name="Returns">What it gives back.</param>
/// <param name="Args">What its jobs carry.</param>
/// <param name="Parameters">Its parameters in order.</param>
/// <param name="Options">What the attribute says.</param>
/// <param name="Recurring">Its recurring jobs.</param>
/// <param name="Values">JSON values that its arguments and result are made of.</param>
internal sealed record HandlerModel(
    string Name,
    string Identifier,
    string ContainingType,
    string Namespace,
    string Method,
    string Display,
    bool IsStatic,
    bool IsPublic,
    ReturnModel Returns,
    ArgsModel Args,
    EquatableArray<ParameterModel> Parameters,
    OptionsModel Options,
    EquatableArray<RecurringModel> Recurring,
    EquatableArray<ValueTypeModel> Values)
{
    public string EnqueueMethod => $"Enqueue{Identifier}Async";

    /// <summary>The bulk form; a handler without arguments has none.</summary>
    public string? EnqueueManyMethod => Args.Type is null ? null : $"EnqueueMany{Identifier}Async";

    /// <summary>The queue its jobs wait in.</summary>
    public string EffectiveQueue => Options.Queue ?? "default";
}
