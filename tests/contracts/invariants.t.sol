// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../../contracts/CheckpointAnchor.sol";
import {NaiveTree} from "./naive-tree.sol";
import {SignedLog} from "./signed-log.sol";
import {vm} from "./vm.sol";

/// Whatever anyone may do to the contract, in any order, by honest witnesses and by bribed ones; and what was seen.
contract Everybody is SignedLog {
    using NaiveTree for bytes32[];

    struct Seen {
        uint64 size;
        bytes32 root;
    }

    /// Every checkpoint that went through, in order.
    Seen[] private history;
    uint64 public frozenAt;
    uint64 public setsSeen = 1;
    uint64 private proposedAt;
    bool public changedTooEarly;
    bool public anchoredWhileFrozen;
    /// How often it went through, so that it shows whether the invariants held over anything.
    uint256 public proposed;
    uint256 public changed;
    uint256 public frozenByFork;
    uint256 public frozenByAnchored;

    function anchorSome(uint64 size, uint256 from, bool honest, uint8 signers) public {
        size %= uint64(LEAVES) + 2;
        (uint64 latestSize,) = anchor.latest();
        from = from % 4 == 0 ? from % (LEAVES + 1) : latestSize;
        if (size == 0 || size > LEAVES || from > size) return;
        bytes32[] memory log = honest ? leaves : forged;
        bytes32 root = log.rootOf(size);
        bytes32[] memory proof = from == 0 ? new bytes32[](0) : log.consistencyProof(from, size);
        try anchor.anchor(size, root, proof, signCheckpoint(quorumOf(signers % 6), size, root)) {
            history.push(Seen(size, root));
            anchoredWhileFrozen = anchoredWhileFrozen || frozenAt > 0;
        } catch {}
    }

    function freezeSome(uint64 size, bool honestA, bool honestB, uint8 signers) public {
        // Rarely, so that other things happen before.
        if (signers % 16 != 3) return;
        size = 1 + size % uint64(LEAVES);
        bytes32 a = (honestA ? leaves : forged).rootOf(size);
        bytes32 b = (honestB ? leaves : forged).rootOf(size);
        try anchor.freezeByFork(
            size, a, signCheckpoint(quorumOf(3), size, a), b, signCheckpoint(quorumOf(3), size, b)
        ) {
            frozenAt = size;
            ++frozenByFork;
        } catch {}
    }

    function freezeAnchored(uint256 which, bool honest, uint8 signers) public {
        if (signers % 8 != 3 || history.length == 0) return;
        uint64 size = history[which % history.length].size + uint64(which % 2);
        bytes32 root = (honest ? leaves : forged).rootOf(size > LEAVES ? LEAVES : size);
        try anchor.freezeByAnchored(size, root, signCheckpoint(quorumOf(3), size, root)) {
            frozenAt = size;
            ++frozenByAnchored;
        } catch {}
    }

    function proposeSome(uint64 number, uint8 signers) public {
        number = number % 2 == 0 ? anchor.lastNumber() + 1 : number;
        address[] memory same = addressesOf(keys);
        try anchor.proposeWitnesses(number, same, 3, signChange(quorumOf(signers % 6), number, same, 3)) {
            proposedAt = uint64(block.timestamp);
            ++proposed;
        } catch {}
    }

    function changeAfter(uint64 wait) public {
        vm.warp(block.timestamp + wait % (2 * DELAY));
        try anchor.changeWitnesses() {
            (setsSeen,,) = anchor.witnessSet();
            ++changed;
            changedTooEarly = changedTooEarly || block.timestamp < proposedAt + DELAY;
        } catch {}
    }

    function target() public view returns (CheckpointAnchor) {
        return anchor;
    }

    function seen() public view returns (Seen[] memory) {
        return history;
    }

    function isHonest(uint64 size, bytes32 root) public view returns (bool) {
        return root == leaves.rootOf(size);
    }
}

contract InvariantsTest {
    Everybody private everybody = new Everybody();

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(everybody);
    }

    /// What went through in a run, for whoever runs this to add up.
    function afterInvariant() public {
        string memory line = string.concat(
            "anchored ", vm.toString(everybody.seen().length),
            " proposed ", vm.toString(everybody.proposed()),
            " changed ", vm.toString(everybody.changed()),
            " frozenByFork ", vm.toString(everybody.frozenByFork()),
            " frozenByAnchored ", vm.toString(everybody.frozenByAnchored())
        );
        vm.writeLine("tests/.tmp/invariants.txt", line);
    }

    function invariant_whatIsAnchoredGrowsStaysAndIsOneLog() public view {
        CheckpointAnchor anchor = everybody.target();
        Everybody.Seen[] memory seen = everybody.seen();
        for (uint256 i = 0; i < seen.length; ++i) {
            require(anchor.rootAt(seen[i].size) == seen[i].root, "a root changed");
            require(i == 0 || seen[i].size > seen[i - 1].size, "a size did not grow");
            // Both logs are signed at every size; only one of them can ever be here.
            require(
                everybody.isHonest(seen[i].size, seen[i].root) == everybody.isHonest(seen[0].size, seen[0].root),
                "two logs"
            );
        }
        (uint64 size, bytes32 root) = anchor.latest();
        require(seen.length == 0 ? size == 0 : size == seen[seen.length - 1].size, "the latest is another");
        require(root == anchor.rootAt(size));
    }

    function invariant_frozenIsForGood() public view {
        require(everybody.target().frozen() == (everybody.frozenAt() > 0));
        require(!everybody.anchoredWhileFrozen());
    }

    function invariant_witnessesChangeOnlyAfterTheDelayAndInOrder() public view {
        (uint64 number, address[] memory witnesses, uint64 quorum) = everybody.target().witnessSet();
        require(number == everybody.setsSeen() && number <= everybody.target().lastNumber());
        require(witnesses.length == 5 && quorum == 3);
        require(!everybody.changedTooEarly());
    }
}
