// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../../contracts/CheckpointAnchor.sol";
import {ICheckpointAnchor} from "../../contracts/ICheckpointAnchor.sol";
import {NaiveTree} from "./naive-tree.sol";
import {vm} from "./vm.sol";

/// A log with five witnesses, of which three make a quorum, and its contract.
abstract contract SignedLog {
    using NaiveTree for bytes32[];

    uint256 internal constant LEAVES = 40;
    uint64 internal constant DELAY = 2 days;
    string internal constant ORIGIN = "tally.example.org/log/riverside";

    CheckpointAnchor internal anchor;
    /// Keys in ascending order of their addresses.
    uint256[] internal keys;
    bytes32[] internal leaves = NaiveTree.makeLeaves(LEAVES, "honest");
    bytes32[] internal forged = NaiveTree.makeLeaves(LEAVES, "forged");

    constructor() {
        keys = ascendingKeys(5, 1);
        anchor = new CheckpointAnchor(ORIGIN, addressesOf(keys), 3, DELAY);
    }

    function ascendingKeys(uint256 count, uint256 first) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 place = i;
            for (; place > 0 && vm.addr(sorted[place - 1]) > vm.addr(first + i); --place) {
                sorted[place] = sorted[place - 1];
            }
            sorted[place] = first + i;
        }
    }

    function addressesOf(uint256[] memory some) internal pure returns (address[] memory addresses) {
        addresses = new address[](some.length);
        for (uint256 i = 0; i < some.length; ++i) addresses[i] = vm.addr(some[i]);
    }

    /// The first `count` of the witnesses.
    function quorumOf(uint256 count) internal view returns (uint256[] memory some) {
        some = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) some[i] = keys[i];
    }

    function domainSeparator(uint256 chain, address verifier) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tallystick CheckpointAnchor"),
                keccak256("1"),
                chain,
                verifier
            )
        );
    }

    function typedDigest(bytes32 separator, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    function checkpointHash(string memory origin, uint64 size, bytes32 root) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("Checkpoint(string origin,uint64 size,bytes32 root)"), keccak256(bytes(origin)), size, root
            )
        );
    }

    function changeHash(uint64 number, address[] memory witnesses, uint64 quorum) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("WitnessChange(string origin,uint64 number,address[] witnesses,uint64 quorum)"),
                keccak256(bytes(ORIGIN)),
                number,
                keccak256(abi.encodePacked(witnesses)),
                quorum
            )
        );
    }

    function sign(uint256[] memory signers, bytes32 digest)
        internal
        pure
        returns (ICheckpointAnchor.Signature[] memory signatures)
    {
        signatures = new ICheckpointAnchor.Signature[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(signers[i], digest);
            signatures[i] = ICheckpointAnchor.Signature(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
        }
    }

    function signCheckpoint(uint256[] memory signers, uint64 size, bytes32 root)
        internal
        view
        returns (ICheckpointAnchor.Signature[] memory)
    {
        bytes32 separator = domainSeparator(block.chainid, address(anchor));
        return sign(signers, typedDigest(separator, checkpointHash(ORIGIN, size, root)));
    }

    function signChange(uint256[] memory signers, uint64 number, address[] memory witnesses, uint64 quorum)
        internal
        view
        returns (ICheckpointAnchor.Signature[] memory)
    {
        bytes32 separator = domainSeparator(block.chainid, address(anchor));
        return sign(signers, typedDigest(separator, changeHash(number, witnesses, quorum)));
    }

    /// Anchors the honest log at `size`, from wherever the contract is.
    function anchorHonest(uint64 size) internal {
        (uint64 from,) = anchor.latest();
        bytes32 root = leaves.rootOf(size);
        bytes32[] memory proof = from == 0 ? new bytes32[](0) : leaves.consistencyProof(from, size);
        anchor.anchor(size, root, proof, signCheckpoint(quorumOf(3), size, root));
    }
}
